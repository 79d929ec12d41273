/* no_switch.c - where no context switch is written: no coroutines, no fibers
 * SPDX-License-Identifier: MIT
 *
 * Threads wait by functions that stand beside those of fibers, so the names
 * must be there. Tasks, loops, pools and whatever RTOS tasks do need none.
 */
#include "ports/arch/switch.h"

#include "weft/base/hooks.h"

static _Noreturn void missing(void)
{
    weft_hook_panic(__FILE__, __LINE__,
                    "no fibers: this processor has no context switch yet");
}

void *weft__context_make(void *top, weft__context_fn *entry, void *arg)
{
    (void)top;
    (void)entry;
    (void)arg;
    missing();
}

int weft__context_switch(void **left, void *load, int value)
{
    (void)left;
    (void)load;
    (void)value;
    missing();
}

bool weft__context_switch_bool(void **left, void *load, int value)
{
    (void)left;
    (void)load;
    (void)value;
    missing();
}
