/* local.h - what this core or thread is doing, found fast
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_SRC_CORE_LOCAL_H
#define WEFT_SRC_CORE_LOCAL_H

#include "weft/base/hooks.h"
#include "weft/port.h"

#if WEFT_THREAD_LOCAL
extern _Thread_local weft_local_t weft__port_local;
#endif

WEFT__INLINE weft_local_t *weft__local(void)
{
#if WEFT_THREAD_LOCAL
    return &weft__port_local;
#elif WEFT_PORT_INLINE
    return weft__inline_local();
#else
    return weft_port_local();
#endif
}

/* Whether this run has left something behind that brings it back: only asked
 * by assertions. */
WEFT__INLINE void weft__armed(bool is)
{
    if (WEFT_ASSERTIONS) {
        weft__local()->armed = is;
    }
}

WEFT__INLINE bool weft__in_interrupt(void)
{
#if WEFT_PORT_INLINE
    return weft__inline_in_interrupt();
#else
    return WEFT_INTERRUPTS && weft_port_in_interrupt();
#endif
}

#endif
