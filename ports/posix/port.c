/* port.c - posix: the clock, the thread's own record, who and where we are
 * SPDX-License-Identifier: MIT
 *
 * A host has no interrupts in Weft's sense (a signal handler is none) and no
 * fixed cores: threads wander. Hence false, core 0 of 1, and no mask.
 */
#define _POSIX_C_SOURCE 200809L
#include "weft/port.h"

#include <time.h>

#include "weft/base/hooks.h"

/* Declared in src/core too, so that the core reaches it without a call. */
extern _Thread_local weft_local_t weft__port_local;
_Thread_local weft_local_t weft__port_local;

const uint32_t weft_port_clock_step_us = 0;

uint64_t weft_port_now_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

weft_local_t *weft_port_local(void)
{
    return &weft__port_local;
}

void *weft_port_thread_room(size_t size)
{
    static _Thread_local _Alignas(64) unsigned char room[192];

    return size <= sizeof(room) ? room : NULL;
}

bool weft_port_in_interrupt(void)
{
    return false;
}

unsigned weft_port_core(void)
{
    return 0;
}

unsigned weft_port_core_count(void)
{
    return 1;
}
