/* test_port_levels.c - the port keeps what port.h promises of its levels
 * SPDX-License-Identifier: MIT
 *
 * The same program for every port that has interrupt levels.
 */
#include "tests/support/handler.h"
#include "tests/support/levels.h"

/* What a level does in its run, and what it has seen. */
struct probe {
    weft_port_level_t level;
    void (*act)(struct probe *probe); /* NULL: nothing */
    struct probe *other;
    uint64_t due_us;
    uint64_t came_us;
    uint32_t runs; /* atomic */
    unsigned acts;
    unsigned priority;
    bool interrupt;
};

static void on_run(void *ctx)
{
    struct probe *probe = ctx;

    probe->came_us = weft_port_now_us();
    probe->priority = weft_port_priority();
    probe->interrupt = weft_port_in_interrupt();
    if (probe->act != NULL && probe->acts > 0) {
        probe->acts--;
        probe->act(probe);
    }
    (void)weft_atomic_fetch_add_acq_rel_u32(&probe->runs, 1);
}

static void probe_open(struct probe *probe, unsigned priority)
{
    *probe = (struct probe){.acts = 1};
    CHECK_EQ(weft_port_level_open(&probe->level, priority, on_run, probe), 0);
}

static void pend(struct probe *probe)
{
    weft_port_level_pend(probe->level.pend);
}

static uint32_t runs(struct probe *probe)
{
    return weft_atomic_load_acquire_u32(&probe->runs);
}

static void wait_for_runs(struct probe *probe, uint32_t count)
{
    while (runs(probe) < count) {
        weft_hook_spin();
    }
}

/* Long enough for what is pended to run. */
static void let_come(void)
{
    for (int i = 0; i < 100; i++) {
        weft_hook_spin();
    }
}

CASE_LEVELS(a_pend_is_a_run_that_is_in_no_interrupt, 1)
{
    struct probe probe;

    CHECK_EQ(weft_port_priority(), 0);
    for (unsigned priority = 1; priority <= weft_port_levels(); priority++) {
        probe_open(&probe, priority);
        let_come();
        CHECK_EQ(runs(&probe), 0);
        pend(&probe);
        wait_for_runs(&probe, 1);
        CHECK_EQ(probe.priority, priority);
        CHECK(!probe.interrupt);
        CHECK_EQ(weft_port_priority(), 0);
        weft_port_level_close(&probe.level);
    }
}

CASE_LEVELS(a_level_is_opened_once_and_again_after_its_close, 1)
{
    struct probe first;
    struct probe second;

    probe_open(&first, 1);
    second = (struct probe){.acts = 0};
    CHECK_EQ(weft_port_level_open(&second.level, 1, on_run, &second),
             WEFT_ERR_BUSY);
    CHECK_EQ(weft_port_level_open(&second.level, 0, on_run, &second),
             WEFT_ERR_INVALID);
    CHECK_EQ(weft_port_level_open(&second.level, weft_port_levels() + 1, on_run,
                                  &second),
             WEFT_ERR_INVALID);
    weft_port_level_close(&first.level);
    probe_open(&second, 1);
    pend(&second);
    wait_for_runs(&second, 1);
    CHECK_EQ(runs(&first), 0);
    weft_port_level_close(&second.level);
}

CASE_LEVELS(a_pend_of_a_closed_level_does_nothing, 1)
{
    struct probe probe;

    probe_open(&probe, 1);
    pend(&probe);
    wait_for_runs(&probe, 1);
    weft_port_level_close(&probe.level);
    pend(&probe);
    let_come();
    CHECK_EQ(runs(&probe), 1);
}

CASE_LEVELS(pends_while_one_is_pending_are_one_run, 1)
{
    struct probe probe;
    unsigned key;

    probe_open(&probe, 1);
    key = weft_hook_mask();
    pend(&probe);
    pend(&probe);
    pend(&probe);
    let_come();
    CHECK_EQ(runs(&probe), 0);
    weft_hook_unmask(key);
    wait_for_runs(&probe, 1);
    let_come();
    CHECK_EQ(runs(&probe), 1);
    weft_port_level_close(&probe.level);
}

CASE_LEVELS(a_pend_during_its_run_is_one_more_run, 1)
{
    struct probe probe;

    probe_open(&probe, 1);
    probe.act = pend;
    probe.acts = 3;
    pend(&probe);
    wait_for_runs(&probe, 4);
    let_come();
    CHECK_EQ(runs(&probe), 4);
    weft_port_level_close(&probe.level);
}

static void pend_other_and_wait(struct probe *probe)
{
    uint32_t before = runs(probe->other);

    pend(probe->other);
    while (runs(probe->other) == before) {
        weft_hook_spin();
    }
    CHECK_EQ(weft_port_priority(), probe->priority);
    CHECK(!weft_port_in_interrupt());
}

static void pend_other_in_vain(struct probe *probe)
{
    uint32_t before = runs(probe->other);

    pend(probe->other);
    let_come();
    CHECK_EQ(runs(probe->other), before);
}

CASE_LEVELS(a_higher_one_runs_inside_a_lower_one_and_never_the_other_way, 2)
{
    struct probe low;
    struct probe high;

    probe_open(&low, 1);
    probe_open(&high, weft_port_levels());
    low.other = &high;
    low.act = pend_other_and_wait;
    pend(&low);
    wait_for_runs(&low, 1);
    CHECK_EQ(runs(&high), 1);
    high.other = &low;
    high.act = pend_other_in_vain;
    pend(&high);
    wait_for_runs(&high, 2);
    wait_for_runs(&low, 2);
    weft_port_level_close(&high.level);
    weft_port_level_close(&low.level);
}

/* --- alarms */

static void set_alarm(struct probe *probe)
{
    weft_port_level_alarm(&probe->level, probe->due_us);
}

static void wait_for_time(uint64_t time_us)
{
    uintptr_t word = 1;

    while (weft_port_now_us() < time_us) {
        weft_port_sleep(&word, 1, time_us);
    }
}

CASE_LEVELS(an_alarm_comes_at_its_time_and_never_early, 2)
{
    struct probe probes[2];
    uint64_t start_us = weft_port_now_us();

    for (unsigned i = 0; i < 2; i++) {
        probe_open(&probes[i], i + 1);
        probes[i].due_us = start_us + WEFT_MS(5) - WEFT_MS(2) * i;
        probes[i].act = set_alarm;
        pend(&probes[i]);
        wait_for_runs(&probes[i], 1);
    }
    for (unsigned i = 0; i < 2; i++) {
        wait_for_time(probes[i].due_us);
        wait_for_runs(&probes[i], 2);
        CHECK(probes[i].came_us >= probes[i].due_us);
        weft_port_level_close(&probes[i].level);
    }
}

CASE_LEVELS(an_alarm_in_the_past_pends_at_once, 1)
{
    struct probe probe;

    probe_open(&probe, 1);
    probe.due_us = weft_port_now_us();
    probe.act = set_alarm;
    probe.acts = 2;
    pend(&probe);
    wait_for_runs(&probe, 3);
    weft_port_level_close(&probe.level);
}

static void set_two(struct probe *probe)
{
    weft_port_level_alarm(&probe->level, weft_port_now_us() + WEFT_MS(100));
    weft_port_level_alarm(&probe->level, probe->due_us);
}

CASE_LEVELS(an_alarm_replaces_the_one_before, 1)
{
    struct probe probe;

    probe_open(&probe, 1);
    probe.act = set_two;
    probe.due_us = UINT64_MAX;
    pend(&probe);
    wait_for_runs(&probe, 1);
    wait_for_time(weft_port_now_us() + WEFT_MS(110));
    CHECK_EQ(runs(&probe), 1);
    weft_port_level_close(&probe.level);
}

CASE_LEVELS(a_close_takes_the_alarm_and_the_pend_with_it, 1)
{
    struct probe probe;
    unsigned key;

    probe_open(&probe, 1);
    probe.act = set_alarm;
    probe.due_us = weft_port_now_us() + WEFT_MS(100);
    pend(&probe);
    wait_for_runs(&probe, 1);
    key = weft_hook_mask();
    pend(&probe);
    weft_port_level_close(&probe.level);
    weft_hook_unmask(key);
    wait_for_time(probe.due_us + WEFT_MS(2));
    let_come();
    CHECK_EQ(runs(&probe), 1);
    probe_open(&probe, 1);
    let_come();
    CHECK_EQ(runs(&probe), 0);
    weft_port_level_close(&probe.level);
}

/* --- ceilings and masks */

CASE_LEVELS(a_ceiling_keeps_out_what_is_not_above, 2)
{
    struct probe low;
    struct probe high;
    unsigned outer;
    unsigned inner;

    probe_open(&low, 1);
    probe_open(&high, 2);
    outer = weft_port_ceiling_raise(2);
    inner = weft_port_ceiling_raise(1);
    pend(&low);
    pend(&high);
    let_come();
    CHECK_EQ(runs(&low) + runs(&high), 0);
    weft_port_ceiling_restore(inner);
    let_come();
    CHECK_EQ(runs(&low) + runs(&high), 0);
    weft_port_ceiling_restore(outer);
    wait_for_runs(&low, 1);
    wait_for_runs(&high, 1);
    weft_port_level_close(&high.level);
    weft_port_level_close(&low.level);
}

CASE_LEVELS(masks_and_ceilings_nest_in_each_other, 1)
{
    struct probe probe;
    unsigned mask;
    unsigned ceiling;

    probe_open(&probe, 1);
    mask = weft_hook_mask();
    ceiling = weft_port_ceiling_raise(1);
    pend(&probe);
    weft_port_ceiling_restore(ceiling);
    let_come();
    CHECK_EQ(runs(&probe), 0);
    weft_hook_unmask(mask);
    wait_for_runs(&probe, 1);
    ceiling = weft_port_ceiling_raise(1);
    mask = weft_hook_mask();
    pend(&probe);
    weft_hook_unmask(mask);
    let_come();
    CHECK_EQ(runs(&probe), 1);
    weft_port_ceiling_restore(ceiling);
    wait_for_runs(&probe, 2);
    weft_port_level_close(&probe.level);
}

/* --- other cores, and sleep */

static void pend_from_there(void *ctx)
{
    pend(ctx);
}

CASE_LEVELS(a_pend_from_another_core_runs_on_the_core_that_opened_it, 1)
{
    weft_port_thread_t thread;
    struct probe probe;

    probe_open(&probe, 1);
    thread_start(&thread, pend_from_there, &probe);
    wait_for_runs(&probe, 1);
    CHECK_EQ(probe.priority, 1);
    weft_port_thread_join(&thread);
    weft_port_level_close(&probe.level);
}

static uintptr_t slept_on;

static void wake_sleeper(struct probe *probe)
{
    (void)probe;
    weft_atomic_store_release_word(&slept_on, 0);
    weft_port_wake(&slept_on);
}

static void alarm_or_wake(struct probe *probe)
{
    if (weft_port_now_us() < probe->due_us) {
        probe->acts++;
        set_alarm(probe);
    } else {
        wake_sleeper(probe);
    }
}

CASE_LEVELS(a_level_runs_while_its_core_sleeps_and_ends_the_sleep, 1)
{
    struct probe probe;

    probe_open(&probe, 1);
    probe.act = alarm_or_wake;
    probe.due_us = weft_port_now_us() + WEFT_MS(2);
    weft_atomic_store_release_word(&slept_on, 1);
    pend(&probe);
    while (weft_atomic_load_acquire_word(&slept_on) != 0) {
        weft_port_sleep(&slept_on, 1, UINT64_MAX);
    }
    CHECK(runs(&probe) >= 1);
    weft_port_level_close(&probe.level);
}

/* Its comparator is the sleep's, too, which has the later deadline. A host
 * that stops the emulator makes an alarm late: once in time is enough. */
CASE_LEVELS(an_alarm_is_in_time_while_its_core_sleeps_longer, 1)
{
    bool in_time = false;

    for (int i = 0; i < 10 && !in_time; i++) {
        struct probe probe;
        uint64_t end_us;

        probe_open(&probe, 1);
        probe.act = set_alarm;
        probe.due_us = weft_port_now_us() + WEFT_MS(1);
        end_us = probe.due_us + WEFT_MS(49);
        pend(&probe);
        wait_for_runs(&probe, 1);
        wait_for_time(end_us);
        wait_for_runs(&probe, 2);
        in_time = probe.came_us < end_us;
        weft_port_level_close(&probe.level);
    }
    CHECK(in_time);
}

static void sleep_there(void *ctx)
{
    weft_port_sleep(ctx, 0, weft_port_now_us() + WEFT_MS(1));
}

CASE_INTERRUPT(a_sleep_in_an_interrupt_is_named)
{
    static uintptr_t word;

    CHECK_DIES(handle(sleep_there, &word), "sleep in an interrupt");
}
