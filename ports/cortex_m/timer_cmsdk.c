/* timer_cmsdk.c - cortex_m: Arm's CMSDK timers, as on the MPS2 boards
 * SPDX-License-Identifier: MIT
 *
 * The counter is the first half of the dual timer, which can be 16 or 32 bits
 * wide and runs freely, downwards. Each core's alarm is a timer of its own,
 * which counts down and interrupts at 0.
 */
#ifdef WEFT_TIMER_CMSDK

#include "ports/cortex_m/cortex_m.h"
#include "ports/cortex_m/timer.h"

/* WEFT_TIMER_CMSDK is where timer 0 is; timer 1 and the dual timer follow, in
 * memory and, from WEFT_TIMER_IRQ, in interrupts. */
struct timer {
    volatile uint32_t control;
    volatile uint32_t value;
    volatile uint32_t reload;
    volatile uint32_t clear;
};

struct dual_timer {
    volatile uint32_t load;
    volatile uint32_t value;
    volatile uint32_t control;
};

enum {
    TIMER_ON = 1 << 0,
    TIMER_INTERRUPTS = 1 << 3,
    DUAL_32_BITS = 1 << 1,
    DUAL_ON = 1 << 7,
    TIMER_APART = 0x1000,
};

static struct timer *alarm_timer(void)
{
    return (struct timer *)(WEFT_TIMER_CMSDK + WEFT__THIS_CORE() * TIMER_APART);
}

static struct dual_timer *dual(void)
{
    return (struct dual_timer *)(WEFT_TIMER_CMSDK + 2 * TIMER_APART);
}

WEFT_STATIC_ASSERT(WEFT_COUNTER_BITS == 16 || WEFT_COUNTER_BITS == 32,
                   "a dual timer has 16 or 32 bits");

void weft__timer_start(void)
{
    /* The first wrap comes soon: what is wrong with it is seen in each run. */
    dual()->load = WEFT_COUNTER_HZ / 50;
    dual()->control = DUAL_ON | (WEFT_COUNTER_BITS == 32 ? DUAL_32_BITS : 0);
}

uint32_t weft__timer_count(void)
{
    return ~dual()->value;
}

void weft__timer_core_start(void)
{
    alarm_timer()->control = 0;
    alarm_timer()->reload = UINT32_MAX;
    weft_cortex_m_irq_enable(WEFT_TIMER_IRQ + WEFT__THIS_CORE(), WEFT_LEVELS);
}

/* It starts later than `from`, and ends later by as much. */
void weft__timer_alarm(uint32_t from, uint32_t left)
{
    struct timer *timer = alarm_timer();

    (void)from;
    timer->control = 0;
    timer->clear = 1;
    timer->value = left;
    timer->control = TIMER_ON | TIMER_INTERRUPTS;
}

static void alarm_interrupt(void)
{
    struct timer *timer = alarm_timer();

    timer->control = 0;
    timer->clear = 1;
    weft__clock_alarm();
}

void WEFT__IRQ_NAME(WEFT_TIMER_IRQ)(void);
void WEFT__IRQ_NAME(WEFT_TIMER_IRQ)(void)
{
    alarm_interrupt();
}

#if WEFT_CORES > 1
void WEFT__IRQ_NAME(WEFT_TIMER_IRQ_1)(void);
void WEFT__IRQ_NAME(WEFT_TIMER_IRQ_1)(void)
{
    alarm_interrupt();
}
#endif

#else
typedef int weft__no_timer_cmsdk;
#endif
