/* test_levels.c - interrupt levels, ceilings, interrupts named at run time
 * SPDX-License-Identifier: MIT
 *
 * TEST_IRQ and the next one are interrupts that no device uses; the board says
 * which.
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/test.h"
#include "weft/base/atomic.h"
#include "weft/base/hooks.h"
#include "weft/cortex_m.h"
#include "weft/error.h"
#include "weft/port.h"
#include "weft/weft.h"

enum { LEVELS = 3 };

static weft_port_level_t level[LEVELS + 1];
static char said[64];

static void say(const char *text)
{
    size_t length = strlen(said);

    (void)snprintf(&said[length], sizeof(said) - length, "%s", text);
}

static void pend(unsigned priority)
{
    weft_port_level_pend(level[priority].pend);
}

static void open_level(unsigned priority, weft_port_level_fn *run, void *ctx)
{
    CHECK_EQ(weft_port_level_open(&level[priority], priority, run, ctx), 0);
}

static void start_over(void)
{
    said[0] = '\0';
}

static void close_all(void)
{
    for (unsigned i = 1; i <= LEVELS; i++) {
        weft_port_level_close(&level[i]);
    }
}

static void say_own(void *ctx)
{
    say(ctx);
}

/* --- opening */

CASE(there_are_at_least_three_levels)
{
    CHECK(weft_port_levels() >= LEVELS);
}

CASE(priorities_out_of_range_are_refused)
{
    weft_port_level_t one;

    CHECK_EQ(weft_port_level_open(&one, 0, say_own, NULL), WEFT_ERR_INVALID);
    CHECK_EQ(weft_port_level_open(&one, weft_port_levels() + 1, say_own, NULL),
             WEFT_ERR_INVALID);
    CHECK_EQ(weft_port_level_open(&one, 300, say_own, NULL), WEFT_ERR_INVALID);
}

CASE(a_level_is_opened_once_until_it_is_closed)
{
    weft_port_level_t one, two;

    CHECK_EQ(weft_port_level_open(&one, 1, say_own, (char[]){""}), 0);
    CHECK_EQ(weft_port_level_open(&two, 1, say_own, (char[]){""}),
             WEFT_ERR_BUSY);
    weft_port_level_close(&one);
    CHECK_EQ(weft_port_level_open(&two, 1, say_own, (char[]){""}), 0);
    weft_port_level_close(&two);
}

/* --- running */

static void run_1(void *ctx)
{
    (void)ctx;
    say("1(");
    pend(2);
    say(")1");
}

static void run_2(void *ctx)
{
    (void)ctx;
    say("2(");
    pend(1);
    pend(3);
    say(")2");
}

static int again;

static void run_3(void *ctx)
{
    (void)ctx;
    say("3");
    if (again > 0) {
        again--;
        pend(3);
        pend(3);
        pend(1);
        say(",");
    }
}

/* And what is pended below runs when all above has ended. */
CASE(three_levels_nest)
{
    start_over();
    again = 0;
    open_level(1, say_own, (char[]){"one "});
    open_level(2, run_2, NULL);
    open_level(3, run_3, NULL);
    pend(2);
    CHECK_STR_EQ(said, "2(3)2one ");
    weft_port_level_close(&level[1]);
    start_over();
    open_level(1, run_1, NULL);
    weft_port_level_close(&level[2]);
    open_level(2, say_own, (char[]){"two"});
    pend(1);
    CHECK_STR_EQ(said, "1(two)1");
    close_all();
}

CASE(pends_during_a_run_are_one_run_more)
{
    start_over();
    again = 1;
    open_level(1, say_own, (char[]){"!"});
    open_level(2, say_own, (char[]){"two"});
    open_level(3, run_3, NULL);
    pend(3);
    CHECK_STR_EQ(said, "3,3!");
    close_all();
}

CASE(a_closed_level_runs_no_more)
{
    start_over();
    open_level(1, say_own, (char[]){"1"});
    uintptr_t stale = level[1].pend;
    unsigned key = weft_hook_mask();
    weft_port_level_pend(stale);
    weft_port_level_close(&level[1]);
    weft_hook_unmask(key);
    weft_port_level_pend(stale);
    CHECK_STR_EQ(said, "");
    open_level(1, say_own, (char[]){"1"});
    weft_port_level_close(&level[1]);
    CHECK_STR_EQ(said, "");
}

/* --- ceilings */

CASE(the_mask_keeps_all_levels_out)
{
    start_over();
    open_level(1, say_own, (char[]){"1"});
    open_level(2, say_own, (char[]){"2"});
    open_level(3, say_own, (char[]){"3"});
    unsigned key = weft_hook_mask();
    pend(1);
    pend(2);
    pend(3);
    pend(3);
    CHECK_STR_EQ(said, "");
    weft_hook_unmask(key);
    weft_port_ceiling_restore(weft_port_ceiling_raise(0));
    CHECK_STR_EQ(said, "321");
    close_all();
}

/* Where there is no BASEPRI a ceiling keeps out more than it must. */
CASE(a_ceiling_keeps_out_levels_up_to_its_priority)
{
    start_over();
    open_level(1, say_own, (char[]){"1"});
    open_level(2, say_own, (char[]){"2"});
    open_level(3, say_own, (char[]){"3"});
    unsigned all = weft_port_ceiling_raise(weft_port_levels());
    unsigned one = weft_port_ceiling_raise(1);
    pend(3);
    CHECK_STR_EQ(said, "");
    weft_port_ceiling_restore(one);
    CHECK_STR_EQ(said, "");
    weft_port_ceiling_restore(all);
    CHECK_STR_EQ(said, "3");
    unsigned none = weft_port_ceiling_raise(0);
    pend(1);
    CHECK_STR_EQ(said, "31");
    unsigned two = weft_port_ceiling_raise(2);
    pend(1);
    pend(2);
    CHECK_STR_EQ(said, "31");
    if (WEFT_PRIORITY_BITS > 2) {
        pend(3);
        CHECK_STR_EQ(said, "313");
    }
    weft_port_ceiling_restore(two);
    weft_port_ceiling_restore(none);
    CHECK_EQ(said[strlen(said) - 1], '1');
    close_all();
}

/* --- where am I */

struct seen {
    bool in_interrupt;
    unsigned priority;
    bool in_interrupt_after;
    int runs;
};
static struct seen by_level[LEVELS + 1];
static struct seen by_irq[2];

static void look(struct seen *seen)
{
    seen->in_interrupt = weft_port_in_interrupt();
    seen->priority = weft_port_priority();
    seen->runs++;
}

static void interrupt_a(void)
{
    look(&by_irq[0]);
}

static void interrupt_b(void)
{
    look(&by_irq[1]);
}

static void look_around(void *ctx)
{
    struct seen *seen = ctx;

    look(seen);
    weft_cortex_m_irq_pend(TEST_IRQ);
    seen->in_interrupt_after = weft_port_in_interrupt();
}

CASE(a_level_is_no_interrupt_but_what_preempts_it_is)
{
    memset(by_level, 0, sizeof(by_level));
    memset(by_irq, 0, sizeof(by_irq));
    CHECK_EQ(weft_port_priority(), 0);
    CHECK_EQ(weft_port_irq_setup(TEST_IRQ, 3, interrupt_a), 0);
    open_level(2, look_around, &by_level[2]);
    pend(2);
    CHECK_EQ(by_level[2].runs, 1);
    CHECK(!by_level[2].in_interrupt);
    CHECK(!by_level[2].in_interrupt_after);
    CHECK_EQ(by_level[2].priority, 2);
    CHECK_EQ(by_irq[0].runs, 1);
    CHECK(by_irq[0].in_interrupt);
    CHECK_EQ(by_irq[0].priority, 3);
    CHECK(!weft_port_in_interrupt());
    weft_port_level_close(&level[2]);
    CHECK_EQ(weft_port_irq_setup(TEST_IRQ, 1, NULL), 0);
}

/* An interrupt waits for a level that is not below it. */
CASE(interrupts_and_levels_have_the_same_priorities)
{
    memset(by_irq, 0, sizeof(by_irq));
    memset(by_level, 0, sizeof(by_level));
    CHECK_EQ(weft_port_irq_setup(TEST_IRQ, 2, interrupt_a), 0);
    open_level(2, look_around, &by_level[2]);
    unsigned key = weft_hook_mask();
    pend(2);
    weft_hook_unmask(key);
    CHECK_EQ(by_level[2].runs, 1);
    CHECK_EQ(by_irq[0].runs, 1);
    weft_port_level_close(&level[2]);
    CHECK_EQ(weft_port_irq_setup(TEST_IRQ, 1, NULL), 0);
}

CASE(interrupts_are_set_up_once_and_within_range)
{
    CHECK_EQ(weft_port_irq_setup(1000, 1, interrupt_a), WEFT_ERR_INVALID);
    CHECK_EQ(weft_port_irq_setup(TEST_IRQ, 0, interrupt_a), WEFT_ERR_INVALID);
    CHECK_EQ(weft_port_irq_setup(TEST_IRQ, weft_port_levels() + 1, interrupt_a),
             WEFT_ERR_INVALID);
    CHECK_EQ(weft_port_irq_setup(WEFT_LEVEL_IRQ, 1, interrupt_a),
             WEFT_ERR_BUSY);
    CHECK_EQ(weft_port_irq_setup(TEST_IRQ, 1, interrupt_a), 0);
    CHECK_EQ(weft_port_irq_setup(TEST_IRQ, 1, interrupt_b), WEFT_ERR_BUSY);
    memset(by_irq, 0, sizeof(by_irq));
    weft_cortex_m_irq_pend(TEST_IRQ);
    CHECK_EQ(by_irq[0].runs, 1);
    CHECK_EQ(weft_port_irq_setup(TEST_IRQ, 0, NULL), 0);
    CHECK_EQ(weft_port_irq_setup(TEST_IRQ, 1, interrupt_b), 0);
    weft_cortex_m_irq_pend(TEST_IRQ);
    CHECK_EQ(by_irq[1].runs, 1);
    CHECK_EQ(weft_port_irq_setup(TEST_IRQ, 0, NULL), 0);
}

/* What the vector table has by its name; the number is free on all boards. */
static unsigned named_runs;

WEFT_HARDWARE_TASK(weft_irq_18, 18, 2)
{
    CHECK(weft_port_in_interrupt());
    CHECK_EQ(weft_port_priority(), 2);
    named_runs++;
}

WEFT_HARDWARE_TASK(not_in_the_table, 18, 1)
{
    CHECK(false);
}

CASE(a_hardware_task_stands_in_the_vector_table_by_its_name)
{
    static const weft_hardware_task_t *const named[] = {
        WEFT_HARDWARE(weft_irq_18)};
    static const weft_hardware_task_t *const other[] = {
        WEFT_HARDWARE(not_in_the_table)};

    CHECK_EQ(weft_hardware_start(other, 1, NULL), WEFT_ERR_BUSY);
    CHECK_EQ(weft_hardware_start(named, 1, NULL), 0);
    CHECK_EQ(weft_hardware_start(named, 1, NULL), WEFT_ERR_BUSY);
    weft_cortex_m_irq_pend(18);
    CHECK_EQ(named_runs, 1);
    weft_hardware_stop(named, 1);
    weft_cortex_m_irq_pend(18);
    CHECK_EQ(named_runs, 1);
    weft_cortex_m_irq_unpend(18);
}

/* --- alarms */

static uintptr_t alarms;
static uint64_t alarm_at_us;
static uint64_t next_alarm_us;

static void on_alarm(void *ctx)
{
    weft_port_level_t *own = ctx;

    alarm_at_us = weft_port_now_us();
    if (next_alarm_us != 0) {
        weft_port_level_alarm(own, next_alarm_us);
    }
    next_alarm_us = 0;
    (void)weft_atomic_fetch_add_acq_rel_word(&alarms, 1);
    weft_port_wake(&alarms);
}

static void await_alarms(uintptr_t count)
{
    uintptr_t seen = weft_atomic_load_acquire_word(&alarms);

    while (seen < count) {
        weft_port_sleep(&alarms, seen, UINT64_MAX);
        seen = weft_atomic_load_acquire_word(&alarms);
    }
}

CASE(an_alarm_comes_in_time_and_ends_a_sleep_without_limit)
{
    for (unsigned priority = 1; priority <= LEVELS; priority++) {
        alarms = 0;
        open_level(priority, on_alarm, &level[priority]);
        uint64_t due_us = weft_port_now_us() + 3000;
        next_alarm_us = due_us;
        pend(priority);
        await_alarms(2);
        CHECK(alarm_at_us >= due_us);
        CHECK(alarm_at_us < due_us + 1000000);
        weft_port_level_close(&level[priority]);
    }
}

CASE(an_alarm_in_the_past_pends_at_once)
{
    alarms = 0;
    open_level(1, on_alarm, &level[1]);
    next_alarm_us = 1;
    pend(1);
    CHECK_EQ(alarms, 2);
    weft_port_level_close(&level[1]);
}

/* The one timer serves the earlier of both, then the other. */
CASE(alarms_and_sleeps_share_the_timer)
{
    static const uintptr_t word;

    for (uint64_t us = 100; us < 5000; us += 700) {
        alarms = 0;
        open_level(2, on_alarm, &level[2]);
        uint64_t now_us = weft_port_now_us();
        next_alarm_us = now_us + us;
        uint64_t due_us = next_alarm_us;
        pend(2);
        while (weft_port_now_us() < now_us + 2500) {
            weft_port_sleep(&word, 0, now_us + 2500);
        }
        if (us < 2500) {
            CHECK_EQ(alarms, 2);
        } else {
            await_alarms(2);
        }
        CHECK(alarm_at_us >= due_us);
        weft_port_level_close(&level[2]);
    }
}

CASE(a_later_alarm_replaces_the_former)
{
    static const uintptr_t word;

    alarms = 0;
    open_level(1, on_alarm, &level[1]);
    next_alarm_us = weft_port_now_us() + 2000;
    pend(1);
    next_alarm_us = UINT64_MAX;
    pend(1);
    uint64_t until_us = weft_port_now_us() + 5000;
    while (weft_port_now_us() < until_us) {
        weft_port_sleep(&word, 0, until_us);
    }
    CHECK_EQ(alarms, 2);
    weft_port_level_close(&level[1]);
}

/* --- wakes from each level and interrupt */

static weft_event_t woken = WEFT_EVENT_INIT;

static void set_event(void *ctx)
{
    (void)ctx;
    weft_event_set(&woken);
}

static void set_event_irq(void)
{
    weft_event_set(&woken);
}

static weft_port_level_t ticking;
static unsigned wakes_by;

static void wake_soon(void *ctx)
{
    (void)ctx;
    if (wakes_by <= weft_port_levels()) {
        weft_cortex_m_irq_pend(TEST_IRQ);
    }
}

/* A thread sleeps without limit; a level's alarm pends the interrupt. */
CASE(interrupts_of_each_priority_wake_a_sleeper)
{
    for (unsigned p = 1; p <= weft_port_levels(); p++) {
        wakes_by = p;
        CHECK_EQ(weft_port_irq_setup(TEST_IRQ, p, set_event_irq), 0);
        CHECK_EQ(weft_port_level_open(&ticking, 1, wake_soon, NULL), 0);
        unsigned key = weft_hook_mask();
        weft_port_level_alarm(&ticking, weft_port_now_us() + 500);
        weft_hook_unmask(key);
        CHECK_EQ(weft_event_wait(&woken), 0);
        weft_event_reset(&woken);
        weft_port_level_close(&ticking);
        CHECK_EQ(weft_port_irq_setup(TEST_IRQ, 0, NULL), 0);
    }
}

CASE(levels_of_each_priority_wake_a_sleeper)
{
    for (unsigned p = 1; p <= weft_port_levels(); p++) {
        CHECK_EQ(weft_port_level_open(&ticking, p, set_event, NULL), 0);
        unsigned key = weft_hook_mask();
        weft_port_level_alarm(&ticking, weft_port_now_us() + 500);
        weft_hook_unmask(key);
        CHECK_EQ(weft_event_wait(&woken), 0);
        weft_event_reset(&woken);
        weft_port_level_close(&ticking);
    }
}
