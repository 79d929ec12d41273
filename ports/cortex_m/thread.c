/* thread.c - cortex_m: one core, which has no other to start
 * SPDX-License-Identifier: MIT
 */
#include "ports/cortex_m/cores.h"
#include "ports/cortex_m/cortex_m.h"
#include "weft/error.h"

#if WEFT_CORES == 1

int weft_port_thread_start(weft_port_thread_t *thread, weft_port_thread_fn *run,
                           void *ctx)
{
    (void)thread;
    (void)run;
    (void)ctx;
    return WEFT_ERR_UNSUPPORTED;
}

void weft_port_thread_join(weft_port_thread_t *thread)
{
    (void)thread;
    WEFT_ASSERT(false, "join of a thread that is not there");
}

void weft__core_request(uintptr_t pend)
{
    (void)pend;
}

#endif
