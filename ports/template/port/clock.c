/* clock.c - CHIP: microseconds from a counter, and an alarm
 * SPDX-License-Identifier: MIT
 */
#include "ports/CHIP/chip.h"

#error "fill in: counter"

static uint64_t ticks; /* until the last look at the counter */
static uint32_t seen;  /* what it was then */

/* Who looks at least once in each turn of the counter loses none; the
 * interrupt at its turn is that look. */
static uint64_t count(void)
{
    unsigned key = weft_hook_mask();
    uint32_t now = counter();
    uint64_t sum;

    ticks += (now - seen) & COUNTER_MAX;
    seen = now;
    sum = ticks;
    weft_hook_unmask(key);
    return sum;
}

const uint32_t weft_port_clock_step_us = 0;

/* Seconds apart, so that nothing overflows in a million years. Rounded down:
 * a deadline has passed when a whole microsecond has. */
uint64_t weft_port_now_us(void)
{
    uint64_t sum = count();

    return sum / COUNTER_HZ * 1000000 + sum % COUNTER_HZ * 1000000 / COUNTER_HZ;
}

void counter_handler(void)
{
    counter_turned();
    (void)count();
}

void clock_start(void)
{
    counter_start();
    seen = counter();
    alarm_start();
}

/* Rounded up: an alarm may be late. It is early only where the timer does not
 * reach that far, and whoever sleeps looks at the clock again. */
void clock_alarm(uint64_t after_us)
{
    uint64_t far = ALARM_MAX / ALARM_HZ * UINT64_C(1000000);
    uint64_t us = after_us < far ? after_us : far;

    alarm_set((uint32_t)((us * ALARM_HZ + 999999) / 1000000 + 1));
}

void clock_alarm_off(void)
{
    alarm_stop();
}

void alarm_handler(void)
{
    alarm_stop();
}
