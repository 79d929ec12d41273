/* one_core.c - one core, and no thread but the one that is there
 * SPDX-License-Identifier: MIT
 */
#include "weft/base/hooks.h"
#include "weft/error.h"
#include "weft/port.h"

weft_local_t *weft_port_local(void)
{
    static weft_local_t local;

    return &local;
}

void *weft_port_thread_room(size_t size)
{
    static _Alignas(8) unsigned char room[128];

    return size <= sizeof(room) ? room : NULL;
}

unsigned weft_port_core(void)
{
    return 0;
}

unsigned weft_port_core_count(void)
{
    return 1;
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
}

/* There is nobody whom it could wait for. */
void weft_hook_spin(void)
{
}
