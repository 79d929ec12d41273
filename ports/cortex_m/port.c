/* port.c - cortex_m: the core's own record, who and where we are
 * SPDX-License-Identifier: MIT
 */
#include "weft/port.h"

#include "ports/cortex_m/allowed.h"
#include "ports/cortex_m/mask.h"

struct weft__locals weft__locals;
uint32_t weft__exception_of_level[WEFT_CORES];

weft_local_t *weft_port_local(void)
{
    return &weft__locals.of_core[WEFT__THIS_CORE()];
}

unsigned weft_port_core(void)
{
    return WEFT__THIS_CORE();
}

unsigned weft_port_core_count(void)
{
    return WEFT_CORES;
}

/* Exceptions 4 to 15 have their priorities in SHPR, which v6-M reads by words
 * only, and external interrupts, from 16, in IPR. */
unsigned weft__exception_priority(uint32_t exception)
{
    const volatile uint32_t *words = (volatile uint32_t *)0xe000e400u - 4;

    if (exception < 4) {
        return 0;
    }
    if (exception < 16) {
        words = (volatile uint32_t *)0xe000ed18u - 1;
    }
    return words[exception / 4] >> exception % 4 * 8 & 0xff;
}

/* In a fault, 3 to 7, a panic hook runs, and nothing after it. */
void weft__check_interrupt(uint32_t exception)
{
    bool in_fault = exception >= 3 && exception <= 7;

    WEFT_ASSERT(in_fault || (exception >= 8 && weft__may_call(exception)),
                "an interrupt above the ceiling called Weft");
    (void)in_fault;
}

/* Code of an interrupt level is a task's, not an interrupt's. */
bool weft_port_in_interrupt(void)
{
    uint32_t exception = weft__ipsr();

    if (exception == 0 ||
        exception == weft__exception_of_level[WEFT__THIS_CORE()]) {
        return false;
    }
    if (WEFT_ASSERTIONS) {
        weft__check_interrupt(exception);
    }
    return true;
}

unsigned weft_port_priority(void)
{
    uint32_t exception = weft__ipsr();
    unsigned priority;

    if (exception == 0) {
        return 0;
    }
    priority =
        (256u - weft__exception_priority(exception)) / WEFT_PRIORITY_STEP;
    return priority < WEFT_LEVELS ? priority : WEFT_LEVELS;
}

unsigned weft_port_levels(void)
{
    return WEFT_LEVELS;
}

unsigned weft_port_ceiling_raise(unsigned priority)
{
    if (priority > WEFT_LEVELS) {
        priority = WEFT_LEVELS;
    }
    /* To write 0 to basepri_max changes nothing. */
    return weft__mask_raise(WEFT_HARDWARE_PRIORITY(priority) & 0xff);
}

void weft_port_ceiling_restore(unsigned key)
{
    weft__mask_restore(key);
}
