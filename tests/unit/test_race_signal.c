/* test_race_signal.c - set, wait, limit and cancel of a signal, all at once
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"

struct sample {
    uint32_t a;
    uint32_t b; /* ~a, or the copy was torn */
};

struct box {
    weft_signal_t signal;
    struct sample value;
};

/* Waits once. The value goes behind the frame's end marks. */
struct taker {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    struct box *box;
    uint64_t deadline_us;
    struct sample got;
};
WEFT_TASK(taker)
{
    int rc;
    WEFT_BEGIN;
    WEFT_AWAIT_UNTIL(rc, self->deadline_us, weft_signal_wait,
                     &self->box->signal, &self->got);
    return rc;
    WEFT_END;
}

static void box_init(struct box *box)
{
    weft_signal_init(&box->signal, &box->value, sizeof(box->value));
}

static void box_set(struct box *box, uint32_t a)
{
    struct sample sample = {a, ~a};

    weft_signal_set(&box->signal, &sample);
}

static void check_whole(const struct sample *sample)
{
    CHECK(sample->b == ~sample->a);
}

/* --- the consumer is gone while the set goes on */

struct home {
    struct taker taker;
    struct box box;
};

static void set_once(void *ctx)
{
    struct home *home = ctx;

    box_set(&home->box, 42);
}

CASE(the_consumer_frees_the_signal_while_the_set_goes_on)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        weft_loop_t loop;
        weft_port_thread_t thread;
        struct home *home = frame_new(sizeof(*home));

        weft_loop_init(&loop, NULL);
        box_init(&home->box);
        home->taker.box = &home->box;
        home->taker.deadline_us = WEFT_FOREVER;
        thread_start(&thread, set_once, home);
        CHECK_EQ(weft_loop_run_task(&loop, taker_task(&home->taker)), 0);
        CHECK_EQ(home->taker.got.a, 42);
        check_whole(&home->taker.got);
        frame_drop(home, sizeof(*home));
        weft_loop_deinit(&loop);
        weft_port_thread_join(&thread);
    }
}

/* --- time-out, cancel and value together */

struct meeting {
    struct taker taker;
    struct box box;
    uint64_t time_us;
};

static void set_at_time(void *ctx)
{
    struct meeting *meeting = ctx;

    stand_until(meeting->time_us);
    box_set(&meeting->box, 7);
}

static void meet(struct meeting *meeting)
{
    struct core core;
    weft_port_thread_t setter;

    meeting->time_us = weft_deadline(WEFT_US(200));
    meeting->taker.box = &meeting->box;
    meeting->taker.deadline_us = meeting->time_us;
    core_start(&core);
    CHECK_EQ(weft_spawn(&core.loop.executor, taker_task(&meeting->taker)), 0);
    thread_start(&setter, set_at_time, meeting);
    stand_until(meeting->time_us);
    weft_task_cancel(&meeting->taker.task);
    weft_port_thread_join(&setter);
    spin_until_finished(&meeting->taker.task);
    core_stop(&core);
}

CASE(of_value_limit_and_cancel_one_happens_and_the_value_is_not_lost)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct meeting *meeting = frame_new(sizeof(*meeting));
        struct sample left = {0, 0};
        int rc;

        box_init(&meeting->box);
        meet(meeting);
        rc = weft_task_result(&meeting->taker.task);
        if (rc == 0) {
            CHECK_EQ(meeting->taker.got.a, 7);
            check_whole(&meeting->taker.got);
            CHECK_EQ(weft_signal_try_wait(&meeting->box.signal, &left),
                     WEFT_ERR_EMPTY);
        } else {
            CHECK(rc == WEFT_ERR_TIMEOUT || rc == WEFT_ERR_CANCELLED);
            CHECK_EQ(meeting->taker.got.a, 0);
            CHECK_EQ(weft_signal_try_wait(&meeting->box.signal, &left), 0);
            CHECK_EQ(left.a, 7);
        }
        frame_drop(meeting, sizeof(*meeting));
    }
}

/* --- one value after another */

struct stream {
    weft_task_t task;
    weft_await_t await;
    struct box *box;
    struct sample got;
    uint32_t last;
    uint32_t until;
};
WEFT_TASK(stream)
{
    WEFT_BEGIN;
    while (self->last < self->until) {
        WEFT_AWAIT(weft_signal_wait, &self->box->signal, &self->got);
        check_whole(&self->got);
        CHECK(self->got.a > self->last);
        self->last = self->got.a;
    }
    WEFT_END;
}

static void set_ten(void *ctx)
{
    for (uint32_t a = 1; a <= 10; a++) {
        box_set(ctx, a);
    }
}

CASE(values_come_whole_in_order_and_the_newest_comes)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct box box;
        weft_loop_t loop;
        weft_port_thread_t thread;
        struct stream stream = {.box = &box, .until = 10};

        box_init(&box);
        weft_loop_init(&loop, NULL);
        thread_start(&thread, set_ten, &box);
        CHECK_EQ(weft_loop_run_task(&loop, stream_task(&stream)), 0);
        weft_port_thread_join(&thread);
        weft_loop_deinit(&loop);
    }
}
