/* test_interrupts.c - storms, sleeps that race them, who may not call, idling
 * SPDX-License-Identifier: MIT
 */
#include "ports/cortex_m/counter.h"
#include "ports/cortex_m/mask.h"
#include "ports/cortex_m/start.h"
#include "ports/cortex_m/timer.h"
#include "tests/support/test.h"
#include "weft/base/atomic.h"
#include "weft/base/hooks.h"
#include "weft/cortex_m.h"
#include "weft/error.h"
#include "weft/port.h"
#include "weft/weft.h"

/* --- the first case runs just after the start */

static const struct weft__counter_rate rate =
    WEFT__COUNTER_RATE(WEFT_COUNTER_BITS, WEFT_COUNTER_HZ);

/* Counts to the wrap, and the same in microseconds, rounded up. */
static uint64_t until_wrap_us(void)
{
    uint32_t left = rate.mask - (weft__timer_count() & rate.mask) + 1;

    return ((uint64_t)left * rate.num + rate.den - 1) / rate.den;
}

static void sleep_until(uint64_t deadline_us)
{
    static const uintptr_t word;

    while (weft_port_now_us() < deadline_us) {
        weft_port_sleep(&word, 0, deadline_us);
    }
}

/* A counter of 32 bits starts a fiftieth of a second before its first wrap.
   Deadlines lie before it, on it, and behind it. */
CASE(sleeps_and_time_are_right_across_a_wrap)
{
    uint64_t now_us = weft_port_now_us();
    uint64_t wrap_us = now_us + until_wrap_us();
    static const int around[] = {-400, -3, -2, -1, 0, 1, 2, 3, 400};

    CHECK(wrap_us - now_us < 70000);
    for (unsigned i = 0; i < sizeof(around) / sizeof(around[0]); i++) {
        uint64_t deadline_us = wrap_us + (uint64_t)(int64_t)around[i];
        sleep_until(deadline_us);
        now_us = weft_port_now_us();
        CHECK(now_us >= deadline_us);
        CHECK(now_us < deadline_us + 1000000);
    }
    CHECK((weft__timer_count() & rate.mask) < rate.mask / 2 ||
          WEFT_COUNTER_BITS < 32);
}

/* The timer's own interrupt begins by the most urgent one that may ask for the
   time: by a copy of the vector table, since it comes so by chance only. */
#ifdef WEFT_TIMER_SYSTICK
enum { TIMER_HANDLER = 14 };
#else
enum { TIMER_HANDLER = 15 + WEFT_TIMER_IRQ };
#endif
#define VECTORS WEFT__REGISTER(0xe000ed08u)

static unsigned asked;
static uint64_t last_us;

static void ask(void)
{
    uint64_t now_us = weft_port_now_us();

    CHECK(now_us >= last_us);
    last_us = now_us;
    asked++;
}

static void alarm_that_is_interrupted(void)
{
    weft_cortex_m_irq_pend(TEST_IRQ);
    weft__vectors.handlers[TIMER_HANDLER]();
}

CASE(time_is_right_for_who_interrupts_the_alarm)
{
    static _Alignas(512) struct weft__vectors table;
    uintptr_t usual = VECTORS;
    uint64_t begin_us;

    table = weft__vectors;
    table.handlers[TIMER_HANDLER] = alarm_that_is_interrupted;
    VECTORS = (uint32_t)(uintptr_t)&table;
    weft__barrier();
    if (VECTORS != (uintptr_t)&table) {
        SKIP("the vector table stays where it is");
    }
    asked = 0;
    CHECK_EQ(weft_port_irq_setup(TEST_IRQ, 1, ask), 0);
    weft_cortex_m_irq_priority(TEST_IRQ, weft__most_urgent());
    begin_us = last_us = weft_port_now_us();
    for (unsigned i = 0; i < 20; i++) {
        sleep_until(weft_port_now_us() + 500);
    }
    CHECK(asked >= 20);
    CHECK(weft_port_now_us() - begin_us < WEFT_S(10));
    CHECK_EQ(weft_port_irq_setup(TEST_IRQ, 0, NULL), 0);
    VECTORS = usual;
    weft__barrier();
}

/* --- sleep and interrupts */

static weft_port_level_t level;
static uintptr_t word;
static unsigned pause_us;
static bool ringing;

/* Pended once it sets its alarm, which comes as a run, too. */
static void ring(void *ctx)
{
    weft_port_level_t *own = ctx;

    if (!ringing) {
        ringing = true;
        weft_port_level_alarm(own, weft_port_now_us() + pause_us);
    } else {
        ringing = false;
        weft_atomic_store_release_word(&word, 1);
        weft_port_wake(&word);
    }
}

/* An alarm comes a moment after it was set, so before, in and after the look
   at the word; a wake that fell in between would sleep for ever. */
CASE(no_interrupt_falls_between_the_look_and_wfi)
{
    for (unsigned priority = 1; priority <= 3; priority++) {
        CHECK_EQ(weft_port_level_open(&level, priority, ring, &level), 0);
        for (pause_us = 0; pause_us < 400; pause_us++) {
            weft_atomic_store_release_word(&word, 0);
            weft_port_level_pend(level.pend);
            for (volatile unsigned spin = 0; spin < pause_us % 23; spin++) {}
            while (weft_atomic_load_acquire_word(&word) == 0) {
                weft_port_sleep(&word, 0, UINT64_MAX);
            }
        }
        weft_port_level_close(&level);
    }
}

enum { STORM = 20000 };
static unsigned storm_left;
static weft_event_t stormy = WEFT_EVENT_INIT;

static void storm(void)
{
    weft_event_set(&stormy);
    if (storm_left > 0) {
        storm_left--;
        weft_cortex_m_irq_pend(TEST_IRQ);
    }
}

/* It is pended again before it ends: task level waits, and goes on after. */
CASE(an_interrupt_that_pends_itself_holds_up_and_loses_nothing)
{
    weft_event_reset(&stormy);
    storm_left = STORM;
    CHECK_EQ(weft_port_irq_setup(TEST_IRQ, 2, storm), 0);
    weft_cortex_m_irq_pend(TEST_IRQ);
    CHECK_EQ(storm_left, 0);
    CHECK_EQ(weft_event_wait(&stormy), 0);
    sleep_until(weft_port_now_us() + 2000);
    CHECK_EQ(weft_port_irq_setup(TEST_IRQ, 0, NULL), 0);
}

static uintptr_t hits;

static void hail(void *ctx)
{
    weft_port_level_t *own = ctx;

    (void)weft_atomic_fetch_add_acq_rel_word(&hits, 1);
    weft_event_set(&stormy);
    weft_port_level_alarm(own, weft_port_now_us() + 20);
}

static weft_loop_t loop;
static weft_timer_t timer;
static unsigned fired;

static void on_timer(weft_timer_t *own, void *ctx)
{
    uint64_t *due_us = ctx;

    CHECK(weft_now_us() >= *due_us);
    *due_us = weft_deadline(WEFT_US(300));
    if (++fired == 100) {
        weft_loop_stop(&loop);
    } else {
        weft_timer_start(own, *due_us);
    }
}

/* Interrupts every few microseconds: timers still come in time. */
CASE(timers_keep_their_time_in_a_storm)
{
    static uint64_t due_us;

    hits = 0;
    fired = 0;
    CHECK_EQ(weft_loop_init(&loop, NULL), 0);
    CHECK_EQ(weft_port_level_open(&level, 2, hail, &level), 0);
    weft_port_level_pend(level.pend);
    weft_timer_init(&timer, &loop, on_timer, &due_us);
    weft_timer_start(&timer, 0);
    CHECK_EQ(weft_loop_run(&loop), 0);
    CHECK_EQ(fired, 100);
    weft_port_level_close(&level);
    CHECK(hits > 100);
    weft_loop_deinit(&loop);
}

/* --- who may not call */

static uintptr_t calls;

static void set_count(void)
{
    weft_event_set(&stormy);
    (void)weft_port_in_interrupt();
    (void)weft_atomic_fetch_add_acq_rel_word(&calls, 1);
}

static void call_from_above(void)
{
    CHECK_EQ(weft_port_irq_setup(TEST_IRQ, 1, set_count), 0);
    weft_cortex_m_irq_priority(TEST_IRQ, 0);
    weft_cortex_m_irq_pend(TEST_IRQ);
}

/* Where PRIMASK is all that there is, it keeps this one out, too. */
CASE(an_interrupt_above_the_ceiling_that_calls_is_named)
{
    if (WEFT_PRIORITY_BITS > 2) {
        CHECK_DIES(call_from_above(),
                   "an interrupt above the ceiling called Weft");
    } else {
        calls = 0;
        unsigned key = weft_hook_mask();
        call_from_above();
        CHECK_EQ(calls, 0);
        weft_hook_unmask(key);
        CHECK_EQ(calls, 1);
        CHECK_EQ(weft_port_irq_setup(TEST_IRQ, 0, NULL), 0);
    }
}

static void wait_for_ever(void)
{
    weft_event_reset(&stormy);
    (void)weft_event_wait(&stormy);
}

static void sleep_here(void)
{
    static const uintptr_t nothing;

    weft_port_sleep(&nothing, 0, UINT64_MAX);
}

static void in_an_interrupt(weft_port_irq_fn *handler)
{
    CHECK_EQ(weft_port_irq_setup(TEST_IRQ, 1, handler), 0);
    weft_cortex_m_irq_pend(TEST_IRQ);
}

static void sleep_in_level(void *ctx)
{
    (void)ctx;
    sleep_here();
}

static void in_a_level(void)
{
    CHECK_EQ(weft_port_level_open(&level, 1, sleep_in_level, NULL), 0);
    weft_port_level_pend(level.pend);
}

static void sleep_masked(void)
{
    (void)weft_hook_mask();
    sleep_here();
}

CASE(waits_and_sleeps_in_an_interrupt_are_named)
{
    CHECK_DIES(in_an_interrupt(wait_for_ever),
               "a waiting call in an interrupt");
    CHECK_DIES(in_an_interrupt(sleep_here), "sleep in an interrupt");
    CHECK_DIES(in_a_level(), "sleep in an interrupt");
    CHECK_DIES(sleep_masked(), "sleep with interrupts masked");
}

CASE(an_interrupt_without_a_handler_is_named)
{
    CHECK_DIES((weft_cortex_m_irq_enable(TEST_IRQ + 1, 1),
                weft_cortex_m_irq_pend(TEST_IRQ + 1)),
               "an interrupt without a handler");
}

/* --- idling: docs/internals/ports.md states the number */

#ifdef WEFT_TIMER_SYSTICK
#define FARTHEST (1u << 24)
#else
#define FARTHEST weft__counter_most(rate)
#endif

CASE(ten_idle_seconds_take_no_interrupt_but_the_counters_own)
{
    const uint64_t idle_us = WEFT_S(10);
    uint64_t step_us = (uint64_t)FARTHEST * rate.num / rate.den;
    uint32_t before;
    uint64_t taken;

    sleep_until(weft_port_now_us() + 1000);
    before = weft_cortex_m_alarms(0);
    sleep_until(weft_port_now_us() + idle_us);
    taken = weft_cortex_m_alarms(0) - before;
    /* Of a narrow counter a slow emulator may miss wraps: time stands still
       for them, and there are some alarms more. */
    CHECK(taken >= 1);
    CHECK(taken <= 2 + idle_us / step_us * 3 / 2);
}
