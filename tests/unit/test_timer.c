/* test_timer.c - timers with a callback: order, stop, periods, requests
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "tests/support/cores.h"
#include "tests/support/frames.h"

/* Steps the loop until that time, as a host with a loop of its own would. */
static void step_until(weft_loop_t *loop, uint64_t time_us)
{
    for (;;) {
        uint64_t now_us = weft_now_us();
        uint64_t next_us = weft_loop_step(loop);
        if (now_us >= time_us) {
            return;
        }
        stand_until(next_us < time_us ? next_us : time_us);
    }
}

struct log {
    weft_loop_t loop;
    char names[64];
    unsigned count;
};

struct tick {
    weft_timer_t timer;
    struct log *log;
    char name;
    unsigned stop_after;             /* 0: never */
    enum weft_timer_stopped stopped; /* what stop said in the callback */
    unsigned fired;
    uint64_t fired_us;
};

static void on_tick(weft_timer_t *timer, void *ctx)
{
    struct tick *tick = ctx;
    struct log *log = tick->log;

    CHECK(timer == &tick->timer);
    CHECK(weft_loop_current() == &log->loop);
    CHECK(weft_task_current() == NULL);
    log->names[log->count++] = tick->name;
    tick->fired++;
    tick->fired_us = weft_now_us();
    if (tick->fired == tick->stop_after) {
        tick->stopped = weft_timer_stop(timer);
    }
}

static void tick_init(struct tick *tick, struct log *log, char name)
{
    *tick = (struct tick){.log = log, .name = name};
    weft_timer_init(&tick->timer, &log->loop, on_tick, tick);
}

static void log_init(struct log *log)
{
    memset(log, 0, sizeof(*log));
    weft_loop_init(&log->loop, NULL);
}

/* --- once */

CASE(fires_once_never_early_and_is_idle_then)
{
    static struct log log;
    struct tick tick;
    uint64_t deadline_us = weft_deadline(WEFT_MS(2));

    log_init(&log);
    tick_init(&tick, &log, 'a');
    CHECK(!weft_timer_active(&tick.timer));
    weft_timer_start(&tick.timer, deadline_us);
    CHECK(weft_timer_active(&tick.timer));
    step_until(&log.loop, deadline_us + WEFT_MS(1));
    CHECK_EQ(tick.fired, 1);
    CHECK(tick.fired_us >= deadline_us);
    CHECK(!weft_timer_active(&tick.timer));
    CHECK_EQ(weft_timer_stop(&tick.timer), WEFT_TIMER_IDLE);
    weft_loop_deinit(&log.loop);
}

CASE(a_deadline_that_has_passed_fires_at_once_but_from_the_loop)
{
    static struct log log;
    struct tick tick;

    log_init(&log);
    tick_init(&tick, &log, 'a');
    weft_timer_start(&tick.timer, 0);
    CHECK_EQ(tick.fired, 0);
    (void)weft_loop_step(&log.loop);
    CHECK_EQ(tick.fired, 1);
}

CASE(fires_in_deadline_order_and_equal_ones_in_the_order_started)
{
    static struct log log;
    struct tick ticks[5];
    uint64_t base = weft_deadline(WEFT_MS(1));

    log_init(&log);
    for (int i = 0; i < 5; i++) {
        tick_init(&ticks[i], &log, (char)('a' + i));
    }
    weft_timer_start(&ticks[0].timer, base + 100);
    weft_timer_start(&ticks[1].timer, base);
    weft_timer_start(&ticks[2].timer, base + 100);
    weft_timer_start(&ticks[3].timer, base + 50);
    weft_timer_start(&ticks[4].timer, base);
    step_until(&log.loop, base + 200);
    CHECK_STR_EQ(log.names, "bedac");
}

/* Equal deadlines that were started at different distances lie at different
 * levels of a wheel, and meet when time has come near. */
CASE(equal_deadlines_fire_in_the_order_started_from_whatever_distance)
{
    static struct log log;
    struct tick ticks[6];
    struct tick steps[6];
    static const uint64_t before_us[6] = {9000, 4200, 700, 66, 5, 1};
    uint64_t end_us = weft_deadline(WEFT_MS(10) + some(WEFT_S(10)));

    log_init(&log);
    for (int i = 0; i < 6; i++) {
        tick_init(&ticks[i], &log, (char)('a' + i));
        tick_init(&steps[i], &log, '.');
        weft_timer_start(&steps[i].timer, end_us - before_us[i]);
    }
    for (int i = 0; i < 6; i++) {
        step_until(&log.loop, end_us - before_us[i]);
        weft_timer_start(&ticks[i].timer, end_us);
    }
    step_until(&log.loop, end_us + 10);
    CHECK_STR_EQ(log.names, "......abcdef");
}

CASE(a_running_timer_is_restarted)
{
    static struct log log;
    struct tick tick;
    uint64_t now_us = weft_now_us();

    log_init(&log);
    tick_init(&tick, &log, 'a');
    weft_timer_start(&tick.timer, now_us + WEFT_MS(1));
    weft_timer_start(&tick.timer, now_us + WEFT_MS(3));
    step_until(&log.loop, now_us + WEFT_MS(2));
    if (weft_now_us() < now_us + WEFT_MS(3)) {
        CHECK_EQ(tick.fired, 0);
    }
    step_until(&log.loop, now_us + WEFT_MS(4));
    CHECK_EQ(tick.fired, 1);
}

CASE(stop_prevents_once_and_then_is_idle)
{
    static struct log log;
    struct tick tick;

    log_init(&log);
    tick_init(&tick, &log, 'a');
    CHECK_EQ(weft_timer_stop(&tick.timer), WEFT_TIMER_IDLE);
    weft_timer_start(&tick.timer, weft_deadline(WEFT_MS(1)));
    CHECK_EQ(weft_timer_stop(&tick.timer), WEFT_TIMER_PREVENTED);
    CHECK_EQ(weft_timer_stop(&tick.timer), WEFT_TIMER_IDLE);
    CHECK(weft_loop_step(&log.loop) == WEFT_FOREVER);
    CHECK_EQ(tick.fired, 0);
}

CASE(a_timer_at_the_end_of_time_never_fires)
{
    static struct log log;
    struct tick tick;

    log_init(&log);
    tick_init(&tick, &log, 'a');
    weft_timer_start(&tick.timer, WEFT_FOREVER);
    CHECK(weft_timer_active(&tick.timer));
    CHECK(weft_loop_step(&log.loop) == WEFT_FOREVER);
    CHECK_EQ(tick.fired, 0);
    CHECK_EQ(weft_timer_stop(&tick.timer), WEFT_TIMER_PREVENTED);
}

static void stop_other(weft_timer_t *timer, void *ctx)
{
    struct tick *other = ctx;

    (void)timer;
    other->stopped = weft_timer_stop(&other->timer);
}

CASE(one_callback_stops_another_that_is_due_at_the_same_time)
{
    static struct log log;
    struct tick ticks[2];
    uint64_t at_us = weft_deadline(WEFT_MS(1));

    log_init(&log);
    tick_init(&ticks[0], &log, 'a');
    tick_init(&ticks[1], &log, 'b');
    weft_timer_start(&ticks[0].timer, at_us);
    weft_timer_start(&ticks[1].timer, at_us);
    ticks[0].timer.ctx = &ticks[1];
    ticks[0].timer.fn = stop_other;
    step_until(&log.loop, at_us + 1);
    CHECK_EQ(ticks[1].fired, 0);
    CHECK_EQ(ticks[1].stopped, WEFT_TIMER_PREVENTED);
}

/* --- in its own callback */

CASE(a_one_shot_stopped_by_its_own_callback_is_idle)
{
    static struct log log;
    struct tick tick;

    log_init(&log);
    tick_init(&tick, &log, 'a');
    tick.stop_after = 1;
    tick.stopped = WEFT_TIMER_PREVENTED;
    weft_timer_start(&tick.timer, 0);
    (void)weft_loop_step(&log.loop);
    CHECK_EQ(tick.fired, 1);
    CHECK_EQ(tick.stopped, WEFT_TIMER_IDLE);
}

CASE(a_periodic_timer_stopped_by_its_own_callback_is_prevented)
{
    static struct log log;
    struct tick tick;
    uint64_t first_us = weft_deadline(WEFT_MS(1));

    log_init(&log);
    tick_init(&tick, &log, 'a');
    tick.stop_after = 2;
    weft_timer_start_every(&tick.timer, first_us, WEFT_MS(1));
    for (uint64_t until_us = first_us; tick.fired < 2;) {
        until_us += WEFT_MS(1);
        step_until(&log.loop, until_us);
    }
    step_until(&log.loop, weft_deadline(WEFT_MS(3)));
    CHECK_EQ(tick.fired, 2);
    CHECK_EQ(tick.stopped, WEFT_TIMER_PREVENTED);
    CHECK(!weft_timer_active(&tick.timer));
}

static void restart_or_free(weft_timer_t *timer, void *ctx)
{
    unsigned *left = ctx;

    if (--*left > 0) {
        weft_timer_start(timer, weft_deadline(WEFT_US(10)));
    } else {
        (void)weft_timer_stop(timer);
        frame_drop(timer, sizeof(*timer));
    }
}

CASE(a_callback_restarts_its_timer_or_frees_it)
{
    for (int periodic = 0; periodic < 2; periodic++) {
        static weft_loop_t loop;
        weft_timer_t *timer = frame_new(sizeof(*timer));
        unsigned left = 3;
        uint64_t first_us = weft_deadline(WEFT_US(10));

        weft_loop_init(&loop, NULL);
        weft_timer_init(timer, &loop, restart_or_free, &left);
        if (periodic) {
            weft_timer_start_every(timer, first_us, WEFT_US(10));
        } else {
            weft_timer_start(timer, first_us);
        }
        while (left > 0) {
            step_until(&loop, weft_deadline(WEFT_US(10)));
        }
        CHECK(weft_loop_step(&loop) == WEFT_FOREVER);
        weft_loop_deinit(&loop);
    }
}

/* --- periods */

CASE(a_period_does_not_drift_and_what_was_missed_is_skipped)
{
    static struct log log;
    struct tick tick;
    uint64_t first_us = weft_deadline(WEFT_MS(5));

    log_init(&log);
    tick_init(&tick, &log, 'a');
    weft_timer_start_every(&tick.timer, first_us, WEFT_MS(10));
    step_until(&log.loop, first_us);
    CHECK_EQ(tick.fired, 1);
    uint64_t next_us = weft_loop_next(&log.loop);
    CHECK((next_us - first_us) % WEFT_MS(10) == 0);
    stand_until(next_us + WEFT_MS(15));
    (void)weft_loop_step(&log.loop);
    CHECK_EQ(tick.fired, 2);
    next_us = weft_loop_next(&log.loop);
    CHECK((next_us - first_us) % WEFT_MS(10) == 0);
    step_until(&log.loop, next_us);
    CHECK_EQ(tick.fired, 3);
    CHECK_EQ(weft_timer_stop(&tick.timer), WEFT_TIMER_PREVENTED);
}

CASE(a_period_of_0_is_an_assertion)
{
    static struct log log;
    struct tick tick;

    log_init(&log);
    tick_init(&tick, &log, 'a');
    CHECK_DIES(weft_timer_start_every(&tick.timer, 0, 0),
               "a timer with a period of 0");
}

CASE(a_timer_keeps_no_loop_alive)
{
    static struct log log;
    struct tick tick;

    log_init(&log);
    tick_init(&tick, &log, 'a');
    weft_timer_start(&tick.timer, weft_deadline(WEFT_S(1000)));
    weft_loop_stop(&log.loop);
    CHECK_EQ(weft_loop_run(&log.loop), 0);
    CHECK_EQ(tick.fired, 0);
}

/* --- requests */

CASE(a_posted_request_is_taken_by_the_loop_and_the_newest_counts)
{
    static struct log log;
    struct tick tick;

    log_init(&log);
    tick_init(&tick, &log, 'a');
    weft_timer_post_start(&tick.timer, 0);
    CHECK(!weft_timer_active(&tick.timer));
    weft_timer_post_stop(&tick.timer);
    (void)weft_loop_step(&log.loop);
    (void)weft_loop_step(&log.loop);
    CHECK_EQ(tick.fired, 0);
    weft_timer_post_stop(&tick.timer);
    weft_timer_post_start(&tick.timer, 0);
    (void)weft_loop_step(&log.loop);
    (void)weft_loop_step(&log.loop);
    CHECK_EQ(tick.fired, 1);
    weft_timer_start(&tick.timer, weft_deadline(WEFT_S(100)));
    weft_timer_post_stop(&tick.timer);
    CHECK(weft_timer_active(&tick.timer));
    (void)weft_loop_step(&log.loop);
    CHECK(!weft_timer_active(&tick.timer));
    weft_loop_deinit(&log.loop);
}

/* --- many, and waits whose limit does not happen */

CASE(waits_that_end_in_time_leave_no_timer_behind_and_cause_no_wake_up)
{
    static weft_loop_t loop;
    weft_event_t event = WEFT_EVENT_INIT;
    struct waiter waiter = {.event = &event};
    int waits = TEST_IN_SIM ? 100 : 10000;

    weft_loop_init(&loop, NULL);
    for (int i = 0; i < waits; i++) {
        waiter.deadline_us = weft_deadline(WEFT_S(100));
        CHECK_EQ(weft_spawn(&loop.executor, waiter_task(&waiter)), 0);
        (void)weft_loop_step(&loop);
        weft_event_set(&event);
        (void)weft_loop_step(&loop);
        CHECK_EQ(weft_task_result(&waiter.task), 0);
        weft_event_reset(&event);
    }
    CHECK(weft_loop_step(&loop) == WEFT_FOREVER);
    weft_loop_deinit(&loop);
}

static void count_fired(weft_timer_t *timer, void *ctx)
{
    unsigned *fired = ctx;

    (void)timer;
    ++*fired;
}

CASE(more_timers_than_a_batch_fire_all_and_tasks_run_between_them)
{
    enum { TIMERS = 3 * WEFT_LOOP_BATCH };
    static struct log log;
    static struct tick ticks[TIMERS];
    struct looker looker = {.enough = 1};
    unsigned fired = 0;

    log_init(&log);
    for (int i = 0; i < TIMERS; i++) {
        tick_init(&ticks[i], &log, 'x');
        ticks[i].timer.fn = count_fired;
        ticks[i].timer.ctx = &fired;
        weft_timer_start(&ticks[i].timer, 0);
    }
    CHECK_EQ(weft_loop_run_task(&log.loop, looker_task(&looker)), 5);
    CHECK(fired <= WEFT_LOOP_BATCH);
    step_until(&log.loop, weft_deadline(WEFT_MS(20)));
    CHECK_EQ(fired, TIMERS);
}

/* --- a loop that is stopping */

static void set_event(weft_timer_t *timer, void *ctx)
{
    (void)timer;
    weft_event_set(ctx);
}

CASE(a_request_posted_after_a_stop_is_taken_while_a_task_lives)
{
    weft_loop_t loop;
    weft_timer_t timer;
    weft_event_t event = WEFT_EVENT_INIT;
    struct waiter waiter = {.event = &event};

    weft_loop_init(&loop, NULL);
    weft_timer_init(&timer, &loop, set_event, &event);
    CHECK_EQ(weft_spawn(&loop.executor, waiter_task(&waiter)), 0);
    (void)weft_loop_step(&loop);
    weft_loop_stop(&loop);
    weft_timer_post_start(&timer, weft_deadline(WEFT_MS(1)));
    CHECK_EQ(weft_loop_run(&loop), 0);
    CHECK_EQ(weft_task_result(&waiter.task), 0);
    weft_loop_deinit(&loop);
}
