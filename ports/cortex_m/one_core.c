/* one_core.c - cortex_m: one core: no other to start, wake or keep out
 * SPDX-License-Identifier: MIT
 */
#include "ports/cortex_m/cortex_m.h"

#if WEFT_CORES == 1

#include "ports/cortex_m/allowed.h"
#include "ports/cortex_m/cores.h"
#include "ports/cortex_m/nap.h"
#include "weft/error.h"

void weft_port_sleep(const uintptr_t *word, uintptr_t asleep,
                     uint64_t deadline_us)
{
    weft__check_may_sleep();
    (void)weft__nap(word, asleep, deadline_us);
}

/* Whoever changes the word is an interrupt of this core, which ends WFI. */
void weft_port_wake(const uintptr_t *word)
{
    (void)word;
    weft__check_allowed();
}

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

uint32_t weft_cortex_m_kicks(unsigned core)
{
    (void)core;
    return 0;
}

void weft__cores_listen(void)
{
}

void weft__core_request(uintptr_t pend)
{
    (void)pend;
}

#endif
