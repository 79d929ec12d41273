/* test_wake_all_selects.c - an event whose first waiters are ended selects
 * SPDX-License-Identifier: MIT
 *
 * They are still in its list while their owners have not run. A set drops them,
 * or leaves them in place, in bounded steps; who waits behind them is served
 * at the latest when they come to take themselves out.
 */
#include <limits.h>

#include "tests/support/cores.h"
#include "tests/support/frames.h"
#include "tests/support/handler.h"

enum {
    FEW = 2 * WEFT_STEP + 3,
    MOST = TEST_IN_SIM ? 10000 : 3 * FEW,
    HOLD_MOST = 100,
    HANDLER_MOST = 200,
};

struct chooser {
    weft_task_t task;
    weft_await_t await;
    weft_case_t cases[2];
};

WEFT_TASK(chooser)
{
    int rc;
    WEFT_BEGIN;
    WEFT_AWAIT_RC(rc, weft_select, self->cases, 2, WEFT_SELECT_ORDERED);
    return rc;
    WEFT_END;
}

static struct chooser choosers[MOST];

/* So many selects of the event have ended by the channel, and not run. */
static void park_ended(weft_manual_t *manual, weft_event_t *event, int count)
{
    weft_channel_t channel;
    int value;

    memset(choosers, 0, sizeof(choosers));
    CHECK_EQ(weft_channel_init(&channel, NULL, sizeof(value), 0), 0);
    for (int i = 0; i < count; i++) {
        choosers[i].cases[0] = weft_case_recv(&channel, &value);
        choosers[i].cases[1] = weft_case_event(event);
        CHECK_EQ(weft_spawn(&manual->executor, chooser_task(&choosers[i])), 0);
    }
    CHECK_EQ(weft_manual_drain(manual), count);
    CHECK_EQ(weft_channel_close(&channel), 0);
}

static void park(weft_manual_t *manual, weft_event_t *event,
                 struct waiter *waiter)
{
    waiter->event = event;
    CHECK_EQ(weft_spawn(&manual->executor, waiter_task(waiter)), 0);
    CHECK_EQ(weft_manual_drain(manual), 1);
}

static void set_event(void *ctx)
{
    weft_event_set(ctx);
}

#if TEST_IN_SIM
/* --- bounded */

static void set_past_ended(void *ctx)
{
    int count = *(const int *)ctx;
    weft_event_t event = WEFT_EVENT_INIT;
    struct waiter waiter = {.event = NULL};
    weft_manual_t ended;
    weft_manual_t manual;

    weft_manual_init(&ended);
    weft_manual_init(&manual);
    park_ended(&ended, &event, count);
    park(&manual, &event, &waiter);
    handle(set_event, &event);
    CHECK_EQ(weft_manual_drain(&ended), count);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    CHECK(weft_task_finished(&waiter.task));
}

static weft_sim_stats_t stats_of(int count)
{
    weft_sim_config_t config = {.seed = 1, .calm = UINT_MAX};

    CHECK_EQ(weft_sim_run(&config, set_past_ended, &count), 0);
    return weft_sim_stats();
}

CASE_ALONE(an_interrupt_that_meets_10000_ended_selects_takes_one_step)
{
    weft_sim_stats_t few = stats_of(2 * WEFT_STEP);
    weft_sim_stats_t many = stats_of(MOST);

    CHECK_EQ(many.handler_most, few.handler_most);
    CHECK(many.handler_most <= HANDLER_MOST);
    CHECK_EQ(many.masked_most, few.masked_most);
    CHECK(many.masked_most <= HOLD_MOST);
}
#endif

/* --- who is behind them */

static void is_served(int before, bool reset)
{
    weft_event_t event = WEFT_EVENT_INIT;
    struct waiter waiter[2] = {{.event = NULL}};
    weft_manual_t ended;
    weft_manual_t manual;
    weft_manual_t young;

    weft_manual_init(&ended);
    weft_manual_init(&manual);
    weft_manual_init(&young);
    park_ended(&ended, &event, before);
    park(&manual, &event, &waiter[0]);
    handle(set_event, &event);
    if (reset) {
        weft_event_reset(&event);
        park(&young, &event, &waiter[1]);
    }
    CHECK_EQ(weft_manual_drain(&ended), before);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    CHECK(weft_task_finished(&waiter[0].task));
    CHECK_EQ(weft_task_result(&waiter[0].task), 0);
    if (reset) {
        CHECK_EQ(weft_manual_drain(&young), 0);
        weft_event_set(&event);
        CHECK_EQ(weft_manual_drain(&young), 1);
    }
}

CASE_INTERRUPT(who_waits_behind_ended_selects_is_served)
{
    static const int before[] = {1, WEFT_STEP, WEFT_STEP + 1, FEW};

    for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
        is_served(before[i], false);
        is_served(before[i], true);
    }
}

/* --- a set is over for the event when it has unlocked */

static void set_in_a_thread(void *ctx)
{
    weft_event_set(ctx);
}

struct watcher {
    weft_event_t *event;
    int rc;
};

/* It leaves as soon as it waits, unless it has become due by then. */
static void wait_in_a_thread(void *ctx)
{
    struct watcher *watcher = ctx;

    do {
        watcher->rc = weft_event_wait_until(watcher->event, weft_now_us());
    } while (watcher->rc == WEFT_ERR_TIMEOUT);
    weft_thread_leave();
}

static void free_it_after_the_wait(void)
{
    weft_event_t *event = frame_new(sizeof(*event));
    struct watcher watcher = {.event = event};
    weft_port_thread_t setter;
    weft_port_thread_t waiter;
    weft_manual_t ended;

    weft_manual_init(&ended);
    weft_event_init(event, false);
    park_ended(&ended, event, WEFT_STEP);
    thread_start(&waiter, wait_in_a_thread, &watcher);
    thread_start(&setter, set_in_a_thread, event);
    CHECK_EQ(weft_manual_drain(&ended), WEFT_STEP);
    weft_port_thread_join(&waiter);
    CHECK_EQ(watcher.rc, 0);
    frame_drop(event, sizeof(*event));
    weft_port_thread_join(&setter);
}

CASE(a_set_that_met_only_ended_selects_does_not_look_again)
{
    for (int i = 0; i < 8; i++) {
        free_it_after_the_wait();
    }
}
