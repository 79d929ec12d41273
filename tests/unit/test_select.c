/* test_select.c - the first of several: what is taken, what is left behind
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/choosers.h"
#include "tests/support/handler.h"
#include "weft/fiber_inlined.h"
#include "weft/weft.h"

/* --- each kind of case, found and waited for */

CASE(what_is_ready_is_taken_at_once)
{
    struct hall hall;
    struct chooser *one;

    hall_open(&hall, 1);
    one = hall.chooser;
    CHECK_EQ(put(&hall.a, 5), 0);
    (void)choose(&hall, 0, 2, weft_case_recv(&hall.a, &one->in),
                 weft_case_recv(&hall.b, &one->in));
    CHECK(chose(one, 0, 0));
    CHECK_EQ(one->in, 5);
    (void)choose(&hall, 0, 2, weft_case_recv(&hall.a, &one->in),
                 weft_case_send(&hall.b, &one->out));
    CHECK(chose(one, 1, 0));
    CHECK_EQ(get(&hall.b), 100);
    weft_event_set(&hall.manual_event);
    (void)choose(&hall, 0, 2, weft_case_recv(&hall.a, &one->in),
                 weft_case_event(&hall.manual_event));
    CHECK(chose(one, 1, 0));
    CHECK(weft_event_is_set(&hall.manual_event));
    weft_event_set(&hall.auto_event);
    (void)choose(&hall, 0, 2, weft_case_event(&hall.auto_event),
                 weft_case_recv(&hall.a, &one->in));
    CHECK(chose(one, 0, 0));
    CHECK(!weft_event_is_set(&hall.auto_event));
    weft_signal_set(&hall.number.signal, &(int){77});
    (void)choose(&hall, 0, 2, weft_case_recv(&hall.a, &one->in),
                 weft_case_signal(&hall.number.signal, &one->in));
    CHECK(chose(one, 1, 0));
    CHECK_EQ(one->in, 77);
    all_empty(&hall);
    hall_close(&hall);
}

CASE(what_comes_first_ends_it_and_the_others_forget_it)
{
    struct hall hall;
    struct chooser *one;

    hall_open(&hall, 0);
    one = hall.chooser;
    for (int by = 0; by < 5; by++) {
        one->count = 0;
        one->cases[2] = weft_case_event(&hall.manual_event);
        one->cases[3] = weft_case_event(&hall.auto_event);
        (void)choose(&hall, 0, 4, weft_case_recv(&hall.a, &one->in),
                     by == 4 ? weft_case_signal(&hall.number.signal, &one->in)
                             : weft_case_send(&hall.b, &one->out));
        CHECK(waits(one));
        switch (by) {
        case 0: CHECK_EQ(put(&hall.a, 9), 0); break;
        case 1: CHECK_EQ(get(&hall.b), 100); break;
        case 2: weft_event_set(&hall.manual_event); break;
        case 3: weft_event_set(&hall.auto_event); break;
        default: weft_signal_set(&hall.number.signal, &(int){12}); break;
        }
        CHECK_EQ(weft_manual_drain(&hall.manual), 1);
        CHECK(chose(one, by == 4 ? 1 : by, 0));
        CHECK_EQ(one->in, by == 4 ? 12 : 9);
        all_empty(&hall);
        weft_event_reset(&hall.manual_event);
    }
    hall_close(&hall);
}

CASE(a_time_is_a_case_too_and_of_two_the_earlier)
{
    weft_event_t never = WEFT_EVENT_INIT;
    uint64_t now = weft_now_us();
    weft_case_t cases[] = {weft_case_event(&never), weft_case_timer(now + 5000),
                           weft_case_timer(now + 2000)};

    CHECK_EQ(weft_select(cases, 3, WEFT_SELECT_FAIR), 2);
    CHECK_EQ(cases[2].rc, 0);
    CHECK(weft_now_us() >= now + 2000);
    CHECK_EQ(weft_select(cases, 2, WEFT_SELECT_FAIR), 1);
    CHECK(weft_now_us() >= now + 5000);
    CHECK(never.crowd.waiters.first == NULL);
    /* What has passed comes after what is ready. */
    weft_event_set(&never);
    CHECK_EQ(weft_select(cases, 3, WEFT_SELECT_FAIR), 0);
}

static int times_in_a_fiber(void *ctx)
{
    weft_event_t never = WEFT_EVENT_INIT;
    uint64_t now = weft_now_us();
    weft_case_t cases[] = {weft_case_event(&never),
                           weft_case_timer(now + 2000)};

    (void)ctx;
    CHECK_EQ(weft_select(cases, 2, 0), 1);
    CHECK(weft_now_us() >= now + 2000);
    CHECK_EQ(weft_select(cases, 2, 0), 1); /* it has passed */
    CHECK_EQ(weft_select_until(cases, 1, 0, now + 3000), WEFT_ERR_TIMEOUT);
    CHECK(weft_now_us() >= now + 3000);
    cases[1] = weft_case_timer(weft_deadline(WEFT_S(10)));
    CHECK_EQ(weft_select_until(cases, 2, 0, weft_deadline(2000)),
             WEFT_ERR_TIMEOUT);
    CHECK(weft_now_us() < now + WEFT_S(5));
    cases[1] = weft_case_timer(weft_deadline(1000));
    CHECK_EQ(weft_select_until(cases, 2, 0, weft_deadline(WEFT_S(10))), 1);
    CHECK(never.crowd.waiters.first == NULL);
    return 0;
}

CASE(times_and_limits_are_for_fibers_and_threads_alike)
{
    CHECK_EQ(in_a_fiber(times_in_a_fiber, NULL), 0);
    CHECK_EQ(times_in_a_fiber(NULL), 0);
}

static int times_inlined(void *ctx)
{
    weft_event_t never = WEFT_EVENT_INIT;
    weft_case_t cases[] = {weft_case_event(&never),
                           weft_case_timer(weft_deadline(2000))};

    (void)ctx;
    CHECK_EQ(weft_select_inlined(cases, 2, 0), 1);
    CHECK_EQ(weft_select_inlined(cases, 2, 0), 1);
    weft_event_set(&never);
    CHECK_EQ(weft_select_inlined(cases, 2, 0), 0);
    return 0;
}

CASE(the_inlined_form_knows_times_too)
{
    CHECK_EQ(in_a_fiber(times_inlined, NULL), 0);
    CHECK_EQ(times_inlined(NULL), 0);
}

struct timed {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_case_t cases[2];
    uint64_t limit_us;
};
WEFT_TASK(timed)
{
    int rc;
    WEFT_BEGIN;
    WEFT_AWAIT_UNTIL(rc, self->limit_us, weft_select, self->cases, 2, 0);
    return rc;
    WEFT_END;
}

static int run_timed(weft_loop_t *loop, uint64_t time_us, uint64_t limit_us)
{
    weft_event_t never = WEFT_EVENT_INIT;
    struct timed timed = {
        .cases = {weft_case_timer(time_us), weft_case_event(&never)},
        .limit_us = limit_us};
    int rc = weft_loop_run_task(loop, timed_task(&timed));

    CHECK(never.crowd.waiters.first == NULL);
    CHECK(weft_loop_next(loop) == WEFT_FOREVER);
    return rc;
}

CASE(a_case_of_time_comes_before_a_limit_of_the_same_time)
{
    uint64_t now = weft_now_us();
    weft_loop_t loop;

    weft_loop_init(&loop, NULL);
    CHECK_EQ(run_timed(&loop, now + 2000, now + 4000), 0);
    CHECK_EQ(run_timed(&loop, now + 60000000, now + 6000), WEFT_ERR_TIMEOUT);
    CHECK_EQ(run_timed(&loop, now + 9000, now + 9000), 0);
    CHECK_EQ(run_timed(&loop, now, now), 0);
    CHECK_EQ(run_timed(&loop, WEFT_FOREVER, now), WEFT_ERR_TIMEOUT);
    CHECK(weft_loop_step(&loop) == WEFT_FOREVER);
    weft_loop_deinit(&loop);
}

/* --- which of several */

CASE(ordered_takes_the_first_that_is_ready)
{
    struct hall hall;
    struct chooser *one;

    hall_open(&hall, 2);
    one = hall.chooser;
    one->flags = WEFT_SELECT_ORDERED;
    for (int i = 0; i < 50; i++) {
        CHECK_EQ(put(&hall.a, i), 0);
        CHECK_EQ(put(&hall.b, i), 0);
        one->cases[2] = weft_case_recv(&hall.b, &one->in);
        (void)choose(&hall, 0, 3, weft_case_event(&hall.auto_event),
                     weft_case_recv(&hall.a, &one->in));
        CHECK(chose(one, 1, 0));
        CHECK_EQ(get(&hall.b), i);
    }
    hall_close(&hall);
}

CASE(fair_takes_each_that_is_ready_now_and_then)
{
    int taken[3] = {0};
    weft_event_t set = WEFT_EVENT_INIT;
    weft_case_t cases[] = {weft_case_event(&set), weft_case_event(&set),
                           weft_case_event(&set)};

    weft_event_set(&set);
    for (int i = 0; i < 150; i++) {
        taken[weft_select(cases, 3, WEFT_SELECT_FAIR)]++;
        taken[weft_select_try(cases, 3, WEFT_SELECT_FAIR)]++;
    }
    for (int i = 0; i < 3; i++) {
        CHECK(taken[i] > 50);
    }
}

/* Those that are not ready leave their share to all. */
CASE(fair_is_fair_where_some_are_not_ready)
{
    enum { COUNT = 6, TIMES = 1000 };
    weft_event_t set = WEFT_EVENT_INIT;
    weft_event_t never = WEFT_EVENT_INIT;
    weft_case_t cases[COUNT];

    weft_event_set(&set);
    for (unsigned ready = 2; ready <= COUNT; ready++) {
        int taken[COUNT] = {0};

        for (unsigned i = 0; i < COUNT; i++) {
            bool is_set = i == 0 || i + ready > COUNT;

            cases[i] = weft_case_event(is_set ? &set : &never);
        }
        for (int i = 0; i < TIMES / 2; i++) {
            taken[weft_select(cases, COUNT, WEFT_SELECT_FAIR)]++;
            taken[weft_select_try(cases, COUNT, WEFT_SELECT_FAIR)]++;
        }
        for (unsigned i = 0; i < COUNT; i++) {
            int share = i == 0 || i + ready > COUNT ? TIMES / (int)ready : 0;

            CHECK(taken[i] >= share * 6 / 10 && taken[i] <= share * 14 / 10);
        }
    }
}

CASE(a_try_takes_what_is_ready_or_nothing)
{
    struct hall hall;
    int in = 0;
    int out = 3;
    weft_case_t cases[4];

    hall_open(&hall, 1);
    cases[0] = weft_case_recv(&hall.a, &in);
    cases[1] = weft_case_signal(&hall.number.signal, &in);
    cases[2] = weft_case_event(&hall.auto_event);
    cases[3] = weft_case_timer(weft_now_us() + WEFT_S(10));
    CHECK_EQ(weft_select_try(cases, 4, 0), WEFT_ERR_EMPTY);
    weft_event_set(&hall.auto_event);
    CHECK_EQ(weft_select_try(cases, 4, 0), 2);
    weft_signal_set(&hall.number.signal, &(int){4});
    CHECK_EQ(weft_select_try(cases, 4, 0), 1);
    CHECK_EQ(in, 4);
    CHECK_EQ(put(&hall.a, 6), 0);
    CHECK_EQ(weft_select_try(cases, 4, 0), 0);
    CHECK_EQ(in, 6);
    cases[0] = weft_case_send(&hall.a, &out);
    CHECK_EQ(weft_select_try(cases, 4, 0), 0);
    CHECK_EQ(weft_select_try(cases, 4, 0), WEFT_ERR_EMPTY);
    cases[3] = weft_case_timer(0);
    CHECK_EQ(weft_select_try(cases, 4, 0), 3);
    CHECK_EQ(weft_channel_close(&hall.a), 0);
    CHECK_EQ(weft_select_try(cases, 1, 0), 0);
    CHECK_EQ(cases[0].rc, WEFT_ERR_CLOSED);
    CHECK_EQ(get(&hall.a), 3);
    hall_close(&hall);
}

CASE(a_case_that_is_left_out_is_never_ready)
{
    weft_event_t set = WEFT_EVENT_INIT;
    weft_case_t cases[] = {weft_case_none(), weft_case_event(&set)};

    CHECK_EQ(weft_select_until(cases, 1, 0, weft_deadline(100)),
             WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_select_try(cases, 2, 0), WEFT_ERR_EMPTY);
    weft_event_set(&set);
    CHECK_EQ(weft_select(cases, 2, 0), 1);
}

/* --- one channel in several cases */

CASE(a_channel_that_is_in_a_select_twice_serves_one_of_its_cases)
{
    struct hall hall;
    struct chooser *one;
    int other = -1;

    hall_open(&hall, 0);
    one = hall.chooser;
    (void)choose(&hall, 0, 2, weft_case_recv(&hall.a, &one->in),
                 weft_case_recv(&hall.a, &other));
    CHECK(waits(one));
    CHECK_EQ(put(&hall.a, 7), 0);
    CHECK_EQ(put(&hall.a, 8), WEFT_ERR_FULL);
    (void)weft_manual_drain(&hall.manual);
    CHECK(chose(one, 0, 0) || chose(one, 1, 0));
    CHECK_EQ(weft_task_result(&one->task) == 0 ? one->in : other, 7);
    all_empty(&hall);
    hall_close(&hall);
}

CASE(a_select_does_not_match_itself)
{
    struct hall hall;
    struct chooser *one;
    struct chooser *two;

    hall_open(&hall, 0);
    one = hall.chooser;
    two = &hall.chooser[1];
    (void)choose(&hall, 0, 2, weft_case_send(&hall.a, &one->out),
                 weft_case_recv(&hall.a, &one->in));
    CHECK(waits(one));
    (void)choose(&hall, 1, 2, weft_case_recv(&hall.a, &two->in),
                 weft_case_send(&hall.a, &two->out));
    CHECK((chose(one, 0, 0) && chose(two, 0, 0) && two->in == 100) ||
          (chose(one, 1, 0) && chose(two, 1, 0) && one->in == 101));
    all_empty(&hall);
    (void)choose(&hall, 0, 2, weft_case_send(&hall.a, &one->out),
                 weft_case_recv(&hall.a, &one->in));
    (void)choose(&hall, 1, 1, weft_case_recv(&hall.a, &two->in),
                 weft_case_none());
    CHECK(chose(one, 0, 0) && chose(two, 0, 0));
    CHECK_EQ(two->in, 100);
    all_empty(&hall);
    hall_close(&hall);
}

CASE(a_select_that_could_meet_itself_leaves_its_value_in_the_ring)
{
    struct hall hall;
    struct chooser *one;

    hall_open(&hall, 1);
    one = hall.chooser;
    for (int i = 0; i < 20; i++) {
        /* Empty: it sends. Full: it receives, and does not send as well. */
        (void)choose(&hall, 0, 2, weft_case_recv(&hall.a, &one->in),
                     weft_case_send(&hall.a, &one->out));
        CHECK(chose(one, 1, 0));
        CHECK_EQ(weft_channel_count(&hall.a), 1);
        one->in = 0;
        (void)choose(&hall, 0, 2, weft_case_send(&hall.a, &one->out),
                     weft_case_recv(&hall.a, &one->in));
        CHECK(chose(one, 1, 0));
        CHECK_EQ(one->in, 100);
        CHECK_EQ(weft_channel_count(&hall.a), 0);
        all_empty(&hall);
    }
    hall_close(&hall);
}

CASE(two_selects_meet_on_one_of_two_channels)
{
    struct hall hall;
    struct chooser *one;
    struct chooser *two;

    hall_open(&hall, 0);
    one = hall.chooser;
    two = &hall.chooser[1];
    (void)choose(&hall, 0, 2, weft_case_send(&hall.a, &one->out),
                 weft_case_recv(&hall.b, &one->in));
    CHECK(waits(one));
    (void)choose(&hall, 1, 2, weft_case_recv(&hall.a, &two->in),
                 weft_case_send(&hall.b, &two->out));
    CHECK((chose(one, 0, 0) && chose(two, 0, 0) && two->in == 100) ||
          (chose(one, 1, 0) && chose(two, 1, 0) && one->in == 101));
    all_empty(&hall);
    hall_close(&hall);
}

CASE(a_loop_of_ready_selects_lets_others_run)
{
    struct hall hall;
    struct chooser *one;
    struct chooser *two;

    hall_open(&hall, 0);
    one = hall.chooser;
    two = &hall.chooser[1];
    weft_event_set(&hall.manual_event);
    one->again = true;
    one->cases[0] = weft_case_event(&hall.manual_event);
    one->count = 1;
    two->cases[0] = weft_case_event(&hall.manual_event);
    two->count = 1;
    CHECK_EQ(weft_spawn(&hall.manual.executor, chooser_task(one)), 0);
    CHECK_EQ(weft_spawn(&hall.manual.executor, chooser_task(two)), 0);
    CHECK(weft_manual_run_one(&hall.manual));
    CHECK_EQ(one->times, WEFT_BUDGET - 1);
    CHECK(weft_manual_run_one(&hall.manual));
    CHECK(chose(two, 0, 0));
    hall_close(&hall);
}

/* --- wrong programs */

CASE(a_select_of_nothing_or_of_too_many_is_an_error)
{
    static weft_case_t many[WEFT_SELECT_MAX + 1];
    weft_event_t set = WEFT_EVENT_INIT;

    for (int i = 0; i <= WEFT_SELECT_MAX; i++) {
        many[i] = weft_case_none();
    }
    CHECK_EQ(weft_select(many, 0, 0), WEFT_ERR_INVALID);
    CHECK_EQ(weft_select(NULL, 0, 0), WEFT_ERR_INVALID);
    CHECK_EQ(weft_select_try(many, 0, 0), WEFT_ERR_INVALID);
    CHECK_EQ(weft_select_until(many, 0, 0, 0), WEFT_ERR_INVALID);
    CHECK_EQ(weft_select(many, WEFT_SELECT_MAX + 1, 0), WEFT_ERR_INVALID);
    CHECK_EQ(weft_select_try(many, SIZE_MAX, 0), WEFT_ERR_INVALID);
    weft_event_set(&set);
    many[WEFT_SELECT_MAX - 1] = weft_case_event(&set);
    CHECK_EQ(weft_select(many, WEFT_SELECT_MAX, 0), WEFT_SELECT_MAX - 1);
}

CASE(a_deadline_in_the_past_is_a_try_that_may_wait_for_nothing)
{
    weft_event_t event = WEFT_EVENT_INIT_AUTO;
    weft_case_t one = weft_case_event(&event);

    CHECK_EQ(weft_select_until(&one, 1, 0, 0), WEFT_ERR_TIMEOUT);
    CHECK(event.crowd.waiters.first == NULL);
    weft_event_set(&event);
    CHECK_EQ(weft_select_until(&one, 1, 0, 0), 0);
    CHECK_EQ(weft_select_until(&one, 1, 0, 0), WEFT_ERR_TIMEOUT);
}

static void select_in_interrupt(void *ctx)
{
    weft_case_t one = weft_case_event(ctx);

    (void)weft_select(&one, 1, 0);
}

static void try_in_interrupt(void *ctx)
{
    weft_case_t one = weft_case_event(ctx);

    CHECK_EQ(weft_select_try(&one, 1, 0), 0);
}

CASE_INTERRUPT(in_an_interrupt_a_select_may_only_try)
{
    weft_event_t event = WEFT_EVENT_INIT_AUTO;

    CHECK_DIES(handle(select_in_interrupt, &event),
               "a waiting call in an interrupt");
    weft_event_set(&event);
    handle(try_in_interrupt, &event);
    CHECK(!weft_event_is_set(&event));
}
