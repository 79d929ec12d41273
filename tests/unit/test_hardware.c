/* test_hardware.c - interrupt handlers declared as tasks
 * SPDX-License-Identifier: MIT
 *
 * What is checked before the port is asked, on every port with levels; the
 * rest where the test can raise an interrupt, in the simulator.
 */
#include "weft/hardware.h"
#include "tests/support/levels.h"

#define WHY "who raises an interrupt by its number is the platform's"

static weft_event_t pressed = WEFT_EVENT_INIT_AUTO;
static unsigned handled;
static unsigned priority_seen;

WEFT_HARDWARE_TASK(on_button, 3, 1)
{
    CHECK(weft_port_in_interrupt());
    priority_seen = weft_port_priority();
    handled++;
    weft_event_set(&pressed);
}

WEFT_HARDWARE_TASK(on_other, 4, 2)
{
    handled += 100;
}

WEFT_HARDWARE_TASK(on_button_again, 3, 2)
{
}

WEFT_HARDWARE_TASK(too_urgent, 5, 99)
{
}

WEFT_HARDWARE_TASK(not_urgent, 6, 0)
{
}

WEFT_HARDWARE_TASK(nowhere, 100000, 1)
{
}

CASE_LEVELS(a_priority_that_is_not_there_is_found_before_any_is_set_up, 2)
{
    const weft_hardware_task_t *high[] = {WEFT_HARDWARE(on_other),
                                          WEFT_HARDWARE(too_urgent)};
    const weft_hardware_task_t *low[] = {WEFT_HARDWARE(not_urgent)};
    const weft_hardware_task_t *wrong = NULL;

    CHECK_EQ(weft_hardware_start(high, 2, &wrong), WEFT_ERR_INVALID);
    CHECK(wrong == &too_urgent_hardware);
    CHECK_STR_EQ(wrong->name, "too_urgent");
    CHECK_EQ(weft_hardware_start(low, 1, NULL), WEFT_ERR_INVALID);
}

CASE_LEVELS(two_tasks_of_one_interrupt_are_found_before_any_is_set_up, 2)
{
    const weft_hardware_task_t *tasks[] = {WEFT_HARDWARE(on_button),
                                           WEFT_HARDWARE(on_other),
                                           WEFT_HARDWARE(on_button_again)};
    const weft_hardware_task_t *wrong = NULL;

    CHECK_EQ(weft_hardware_start(tasks, 3, &wrong), WEFT_ERR_BUSY);
    CHECK(wrong == &on_button_again_hardware);
}

#if TEST_IN_SIM
CASE_SIM_ONLY(an_interrupt_that_is_not_there_leaves_none_set_up, WHY)
{
    const weft_hardware_task_t *tasks[] = {WEFT_HARDWARE(on_other),
                                           WEFT_HARDWARE(nowhere)};
    const weft_hardware_task_t *wrong = NULL;

    handled = 0;
    CHECK_EQ(weft_hardware_start(tasks, 2, &wrong), WEFT_ERR_INVALID);
    CHECK(wrong == &nowhere_hardware);
    weft_sim_irq_raise(0, 4);
    CHECK_EQ(handled, 0);
}

CASE_SIM_ONLY(an_interrupt_that_somebody_has_is_busy, WHY)
{
    const weft_hardware_task_t *tasks[] = {WEFT_HARDWARE(on_button)};

    CHECK_EQ(weft_hardware_start(tasks, 1, NULL), 0);
    CHECK_EQ(weft_hardware_start(tasks, 1, NULL), WEFT_ERR_BUSY);
    weft_hardware_stop(tasks, 1);
    CHECK_EQ(weft_hardware_start(tasks, 1, NULL), 0);
    weft_hardware_stop(tasks, 1);
}

CASE_SIM_ONLY(a_handler_runs_with_its_priority_and_wakes_a_task, WHY)
{
    const weft_hardware_task_t *tasks[] = {WEFT_HARDWARE(on_button),
                                           WEFT_HARDWARE(on_other)};
    struct bench *bench = bench_start(2);

    for (unsigned level = 0; level <= 2; level++) {
        struct waiter waiter = {.event = &pressed};

        handled = 0;
        CHECK_EQ(weft_hardware_start(tasks, 2, NULL), 0);
        CHECK_EQ(weft_spawn(bench_executor(bench, level), waiter_task(&waiter)),
                 0);
        weft_sim_irq_raise(0, 3);
        CHECK_EQ(handled, 1);
        CHECK_EQ(priority_seen, 1);
        CHECK_EQ(bench_join(bench, &waiter.task), 0);
        weft_hardware_stop(tasks, 2);
        weft_sim_irq_raise(0, 3);
        CHECK_EQ(handled, 1);
    }
    bench_stop(bench);
}

/* Raises both from a task of priority 1: what is above comes at once, what is
 * not waits. */
struct raiser {
    weft_task_t task;
};
WEFT_TASK(raiser)
{
    WEFT_BEGIN;
    weft_sim_irq_raise(0, 3);
    CHECK_EQ(handled, 0);
    weft_sim_irq_raise(0, 4);
    CHECK_EQ(handled, 100);
    return 1;
    WEFT_END;
}

CASE_SIM_ONLY(a_handler_preempts_what_is_below_it_only, WHY)
{
    const weft_hardware_task_t *tasks[] = {WEFT_HARDWARE(on_button),
                                           WEFT_HARDWARE(on_other)};
    struct bench *bench = bench_start(1);
    struct raiser raiser = {0};

    handled = 0;
    CHECK_EQ(weft_hardware_start(tasks, 2, NULL), 0);
    CHECK_EQ(weft_spawn(bench_executor(bench, 1), raiser_task(&raiser)), 0);
    CHECK_EQ(bench_join(bench, &raiser.task), 1);
    CHECK_EQ(handled, 101);
    weft_hardware_stop(tasks, 2);
    CHECK_EQ(weft_event_try_wait(&pressed), 0);
    bench_stop(bench);
}
#endif
