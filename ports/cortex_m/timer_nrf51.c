/* timer_nrf51.c - cortex_m: TIMER of the nRF51 family
 * SPDX-License-Identifier: MIT
 *
 * One timer of 16 or 32 bits is both: compare register 0 is the alarm, register
 * 1 takes the count when it is asked for.
 */
#ifdef WEFT_TIMER_NRF51

#include "ports/cortex_m/cortex_m.h"
#include "ports/cortex_m/timer.h"

/* WEFT_TIMER_NRF51 is where the timer is, WEFT_TIMER_IRQ its interrupt. */
#define TIMER(offset) WEFT__REGISTER(WEFT_TIMER_NRF51 + (offset))

enum {
    START = 0x000,
    CLEAR = 0x00c,
    CAPTURE_1 = 0x044,
    COMPARED_0 = 0x140,
    INTERRUPTS_SET = 0x304,
    BITMODE = 0x508,
    PRESCALER = 0x510,
    COMPARE_0 = 0x540,
    COMPARE_1 = 0x544,
    BITMODE_16 = 0,
    BITMODE_32 = 3,
};
#define HZ_BEFORE 16000000u

WEFT_STATIC_ASSERT(WEFT_COUNTER_BITS == 16 || WEFT_COUNTER_BITS == 32,
                   "an nRF51 timer has 16 or 32 bits");

void weft__timer_start(void)
{
    uint32_t prescaler = 0;

    while (HZ_BEFORE >> prescaler > WEFT_COUNTER_HZ) {
        prescaler++;
    }
    TIMER(PRESCALER) = prescaler;
    TIMER(BITMODE) = WEFT_COUNTER_BITS == 32 ? BITMODE_32 : BITMODE_16;
    TIMER(CLEAR) = 1;
    TIMER(START) = 1;
}

/* An interrupt in between would take the register: all are off here. */
uint32_t weft__timer_count(void)
{
    TIMER(CAPTURE_1) = 1;
    return TIMER(COMPARE_1);
}

void weft__timer_core_start(void)
{
    TIMER(INTERRUPTS_SET) = 1u << 16;
    weft_cortex_m_irq_enable(WEFT_TIMER_IRQ, WEFT_LEVELS);
}

/* Where the counter has come there before the register was set, there is no
 * match until the next wrap: the interrupt is pended by hand. */
void weft__timer_alarm(uint32_t from, uint32_t left)
{
    const uint32_t mask = UINT32_MAX >> (32 - WEFT_COUNTER_BITS);

    TIMER(COMPARED_0) = 0;
    TIMER(COMPARE_0) = (from + left) & mask;
    if (((weft__timer_count() - from) & mask) >= left) {
        weft_cortex_m_irq_pend(WEFT_TIMER_IRQ);
    }
}

void WEFT__IRQ_NAME(WEFT_TIMER_IRQ)(void);
void WEFT__IRQ_NAME(WEFT_TIMER_IRQ)(void)
{
    TIMER(COMPARED_0) = 0;
    (void)TIMER(COMPARED_0); /* it is quiet before this returns */
    weft__clock_alarm();
}

#else
typedef int weft__no_timer_nrf51;
#endif
