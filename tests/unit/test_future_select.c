/* test_future_select.c - a future as a case of a select
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "tests/support/futures.h"
#include "tests/support/test.h"

struct choice {
    weft_manual_t manual;
    weft_future_t future;
    weft_event_t event;
    struct picker picker;
};

static void choose(struct choice *choice, bool event_first)
{
    int future_at = event_first ? 1 : 0;

    memset(choice, 0, sizeof(*choice));
    weft_manual_init(&choice->manual);
    weft_event_init(&choice->event, true);
    choice->picker.cases[future_at] = weft_case_future(&choice->future);
    choice->picker.cases[1 - future_at] = weft_case_event(&choice->event);
}

static void start(struct choice *choice)
{
    CHECK_EQ(weft_spawn(&choice->manual.executor, picker_task(&choice->picker)),
             0);
    (void)weft_manual_drain(&choice->manual);
}

static void chose(struct choice *choice, int index)
{
    (void)weft_manual_drain(&choice->manual);
    CHECK_EQ(weft_task_result(&choice->picker.task), index);
    CHECK(index < 0 || choice->picker.cases[index].rc == 0);
    weft_manual_stop(&choice->manual);
    (void)weft_manual_drain(&choice->manual);
}

CASE(a_select_ends_when_its_future_is_settled_however)
{
    struct choice choice;

    choose(&choice, false);
    start(&choice);
    CHECK(weft_future_settle(&choice.future, 5));
    chose(&choice, 0);
    CHECK_EQ(weft_future_result(&choice.future), 5);
    choose(&choice, true);
    start(&choice);
    CHECK(weft_future_cancel(&choice.future));
    chose(&choice, 1);
    CHECK_EQ(weft_future_result(&choice.future), WEFT_ERR_CANCELLED);
}

CASE(a_select_finds_a_future_that_was_settled_before)
{
    struct choice choice;
    weft_case_t one;

    choose(&choice, true);
    CHECK(weft_future_fail(&choice.future, WEFT_ERR_USER));
    start(&choice);
    chose(&choice, 1);
    one = weft_case_future(&choice.future);
    CHECK_EQ(weft_select_try(&one, 1, 0), 0);
    CHECK_EQ(one.rc, 0);
    weft_future_init(&choice.future);
    CHECK_EQ(weft_select_try(&one, 1, 0), WEFT_ERR_EMPTY);
}

CASE(a_lost_case_leaves_nothing_in_the_future)
{
    struct choice choice;

    choose(&choice, false);
    start(&choice);
    weft_event_set(&choice.event);
    chose(&choice, 1);
    memset(&choice.picker, 0xdb, sizeof(choice.picker));
    CHECK(weft_future_resolve(&choice.future));
}

CASE(a_cancelled_select_leaves_nothing_in_the_future)
{
    struct choice choice;

    choose(&choice, false);
    start(&choice);
    weft_task_cancel(&choice.picker.task);
    chose(&choice, WEFT_ERR_CANCELLED);
    memset(&choice.picker, 0xdb, sizeof(choice.picker));
    CHECK(weft_future_resolve(&choice.future));
}

/* The event is first to be set; the settle meets a wait that is over. */
CASE(settling_passes_over_a_select_that_has_ended)
{
    struct choice choice;
    struct asker asker;

    choose(&choice, false);
    start(&choice);
    asker = (struct asker){.future = &choice.future};
    CHECK_EQ(weft_spawn(&choice.manual.executor, asker_task(&asker)), 0);
    (void)weft_manual_drain(&choice.manual);
    weft_event_set(&choice.event);
    CHECK(weft_future_settle(&choice.future, 3));
    CHECK_EQ(weft_manual_count(&choice.manual), 2);
    chose(&choice, 1);
    CHECK_EQ(weft_task_result(&asker.task), 3);
}

CASE(a_select_with_a_limit_leaves_the_future_as_it_was)
{
    static weft_loop_t loop;
    struct choice choice;

    weft_loop_init(&loop, NULL);
    choose(&choice, false);
    choice.picker.deadline_us = weft_deadline(WEFT_MS(2));
    CHECK_EQ(weft_loop_run_task(&loop, picker_task(&choice.picker)),
             WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_future_state(&choice.future), WEFT_FUTURE_PENDING);
    CHECK(weft_future_resolve(&choice.future));
    CHECK_EQ(weft_loop_run_task(&loop, picker_task(&choice.picker)), 0);
    weft_loop_deinit(&loop);
}
