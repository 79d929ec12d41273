/* clock.c - cortex_m: time, and the one alarm that sleep and levels share
 * SPDX-License-Identifier: MIT
 *
 * The counter is one for all cores; what it has counted each core keeps for
 * itself, with all interrupts off, and comes to the same. There is no tick:
 * each core has its alarm set at all times, at three quarters of a wrap if
 * nothing is due before, so that it sees each wrap.
 */
#include "ports/cortex_m/counter.h"
#include "ports/cortex_m/cores.h"
#include "ports/cortex_m/cortex_m.h"
#include "ports/cortex_m/timer.h"
#include "weft/base/atomic.h"

enum { ASKED = 1, GIVEN };

static struct weft__counter counters[WEFT_CORES];
static struct weft__counter handed;   /* to a core that starts */
static uintptr_t handing;             /* atomic: how far that is */
static uint64_t alarm_us[WEFT_CORES]; /* what each core's timer is set for */
static uint32_t alarms[WEFT_CORES];   /* that came */
static const struct weft__counter_rate rate =
    WEFT__COUNTER_RATE(WEFT_COUNTER_BITS, WEFT_COUNTER_HZ);

static uint64_t now(struct weft__counter *counter)
{
    return weft__counter_read(counter, rate, weft__timer_count());
}

const uint32_t weft_port_clock_step_us = 0;

uint64_t weft_port_now_us(void)
{
    uint32_t key = weft__primask_raise();
    uint64_t now_us = now(&counters[WEFT__THIS_CORE()]);

    weft__primask_restore(key);
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
    struct weft__counter *counter = &counters[WEFT__THIS_CORE()];
    uint64_t *set_us = &alarm_us[WEFT__THIS_CORE()];
    uint64_t now_us = now(counter);
    uint64_t next_us = earlier(deadline_us, weft__level_alarms(now_us));
    uint32_t left = weft__counter_until(counter, rate, next_us);

    if (deadline_us <= now_us) {
        return false;
    }
    if (next_us != *set_us || left == weft__counter_most(rate)) {
        *set_us = next_us;
        weft__timer_alarm(counter->last, left);
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
    counters[0].last = weft__timer_count();
}

/* The counter may wrap while a core starts: it asks when it is there. */
void weft__clock_hand_over(void)
{
    uint32_t key = weft__primask_raise();

    if (weft_atomic_load_acquire_word(&handing) == ASKED) {
        (void)now(&counters[WEFT__THIS_CORE()]);
        handed = counters[WEFT__THIS_CORE()];
        weft_atomic_store_release_word(&handing, GIVEN);
    }
    weft__primask_restore(key);
}

bool weft__clock_take_over(void)
{
    uint32_t key;

    if (weft_atomic_load_acquire_word(&handing) != GIVEN) {
        weft_atomic_store_release_word(&handing, ASKED);
        return false;
    }
    key = weft__primask_raise();
    counters[WEFT__THIS_CORE()] = handed;
    alarm_us[WEFT__THIS_CORE()] = 0;
    (void)weft__clock_arm(UINT64_MAX);
    weft__primask_restore(key);
    return true;
}

void weft__core_init(void)
{
    weft__cores_listen();
    weft__timer_core_start();
    weft__clock_alarm();
}
