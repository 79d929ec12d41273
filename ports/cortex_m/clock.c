/* clock.c - cortex_m: time, and the one alarm that sleep and levels share
 * SPDX-License-Identifier: MIT
 *
 * The counter is one for all cores and is read with all interrupts off. There
 * is no tick: core 0 has its alarm set at all times, at three quarters of a
 * wrap if nothing is due before, so that each wrap is seen.
 */
#include "ports/cortex_m/counter.h"
#include "ports/cortex_m/cores.h"
#include "ports/cortex_m/cortex_m.h"
#include "ports/cortex_m/timer.h"

static struct weft__counter counter;
static uint64_t alarm_us[WEFT_CORES]; /* what each core's timer is set for */
static uint32_t alarms[WEFT_CORES];   /* that came */
static const struct weft__counter_rate rate =
    WEFT__COUNTER_RATE(WEFT_COUNTER_BITS, WEFT_COUNTER_HZ);

uint64_t weft_port_now_us(void)
{
    unsigned key = weft__enter();
    uint64_t now_us = weft__counter_read(&counter, rate, weft__timer_count());

    weft__leave(key);
    return now_us;
}

/* Where no level was ever opened. */
__attribute__((weak)) uint64_t weft__level_alarms(uint64_t now_us)
{
    (void)now_us;
    return UINT64_MAX;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

bool weft__clock_arm(uint64_t deadline_us)
{
    uint64_t *set_us = &alarm_us[WEFT__THIS_CORE()];
    unsigned key = weft__enter();
    uint64_t now_us = weft__counter_read(&counter, rate, weft__timer_count());
    uint64_t next_us = earlier(deadline_us, weft__level_alarms(now_us));
    uint32_t left = weft__counter_until(&counter, rate, next_us);
    uint32_t from = counter.last;

    weft__leave(key);
    if (deadline_us <= now_us) {
        return false;
    }
    if (next_us != *set_us || left == weft__counter_most(rate)) {
        *set_us = next_us;
        weft__timer_alarm(from, left);
    }
    return true;
}

void weft__clock_alarm(void)
{
    uint32_t key = weft__primask_raise();

    alarms[WEFT__THIS_CORE()]++;
    alarm_us[WEFT__THIS_CORE()] = 0; /* none that could be asked for */
    (void)weft__clock_arm(UINT64_MAX);
    weft__primask_restore(key);
}

uint32_t weft_cortex_m_alarms(unsigned core)
{
    return alarms[core];
}

void weft__clock_start(void)
{
    weft__timer_start();
    counter.last = weft__timer_count();
}

void weft__core_init(void)
{
    weft__cores_listen();
    weft__timer_core_start();
    weft__clock_alarm();
}
