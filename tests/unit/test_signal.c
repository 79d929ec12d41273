/* test_signal.c - the signal: newest value, one consumer, lost waits
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/test.h"
#include "weft/weft.h"

WEFT_SIGNAL_DEFINE(celsius, int);

struct reader {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_signal_t *signal;
    uint64_t deadline_us;
    int value;
};
WEFT_TASK(reader)
{
    int rc;
    WEFT_BEGIN;
    if (self->deadline_us == 0) {
        WEFT_AWAIT_RC(rc, weft_signal_wait, self->signal, &self->value);
    } else {
        WEFT_AWAIT_UNTIL(rc, self->deadline_us, weft_signal_wait, self->signal,
                         &self->value);
    }
    return rc;
    WEFT_END;
}

struct box {
    weft_signal_t signal;
    int value;
};

static void box_init(struct box *box)
{
    weft_signal_init(&box->signal, &box->value, sizeof(box->value));
}

static void set(struct box *box, int value)
{
    weft_signal_set(&box->signal, &value);
}

CASE(a_signal_keeps_the_newest_value_and_gives_it_once)
{
    struct box box;
    int value = -1;

    box_init(&box);
    CHECK_EQ(weft_signal_try_wait(&box.signal, &value), WEFT_ERR_EMPTY);
    CHECK_EQ(value, -1);
    set(&box, 1);
    set(&box, 2);
    CHECK_EQ(weft_signal_try_wait(&box.signal, &value), 0);
    CHECK_EQ(value, 2);
    CHECK_EQ(weft_signal_try_wait(&box.signal, &value), WEFT_ERR_EMPTY);
}

CASE(clear_drops_a_value_that_was_not_taken)
{
    struct box box;
    int value;

    box_init(&box);
    weft_signal_clear(&box.signal);
    set(&box, 1);
    weft_signal_clear(&box.signal);
    CHECK_EQ(weft_signal_try_wait(&box.signal, &value), WEFT_ERR_EMPTY);
    set(&box, 2);
    CHECK_EQ(weft_signal_try_wait(&box.signal, &value), 0);
    CHECK_EQ(value, 2);
}

struct point {
    int x;
    int y;
};
WEFT_SIGNAL_DEFINE(place, struct point);

CASE(a_static_signal_of_a_struct_needs_no_init)
{
    struct point point = {3, 4};
    struct point got = {0, 0};

    weft_signal_set(&place.signal, &point);
    CHECK_EQ(weft_signal_try_wait(&place.signal, &got), 0);
    CHECK_EQ(got.x, 3);
    CHECK_EQ(got.y, 4);
}

CASE(a_static_signal_needs_no_init)
{
    int value = 21;

    weft_signal_clear(&celsius.signal);
    weft_signal_set(&celsius.signal, &value);
    value = 0;
    CHECK_EQ(weft_signal_try_wait(&celsius.signal, &value), 0);
    CHECK_EQ(value, 21);
}

CASE(the_waiting_consumer_gets_the_value_and_nothing_stays)
{
    weft_manual_t manual;
    struct box box;
    struct reader reader = {.signal = &box.signal};
    int value;

    box_init(&box);
    weft_manual_init(&manual);
    CHECK_EQ(weft_spawn(&manual.executor, reader_task(&reader)), 0);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    set(&box, 5);
    CHECK_EQ(weft_signal_try_wait(&box.signal, &value), WEFT_ERR_EMPTY);
    set(&box, 6);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    CHECK_EQ(weft_task_result(&reader.task), 0);
    CHECK_EQ(reader.value, 5);
    CHECK_EQ(weft_signal_try_wait(&box.signal, &value), 0);
    CHECK_EQ(value, 6);
}

CASE(a_value_that_is_there_is_taken_without_parking)
{
    weft_manual_t manual;
    struct box box;
    struct reader reader = {.signal = &box.signal};

    box_init(&box);
    weft_manual_init(&manual);
    set(&box, 9);
    CHECK_EQ(weft_spawn(&manual.executor, reader_task(&reader)), 0);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    CHECK_EQ(reader.value, 9);
    CHECK(weft_task_finished(&reader.task));
}

CASE(a_second_consumer_is_told_busy_and_the_first_is_served)
{
    weft_manual_t manual;
    struct box box;
    struct reader first = {.signal = &box.signal};
    struct reader second = {.signal = &box.signal};

    box_init(&box);
    weft_manual_init(&manual);
    CHECK_EQ(weft_spawn(&manual.executor, reader_task(&first)), 0);
    CHECK_EQ(weft_spawn(&manual.executor, reader_task(&second)), 0);
    CHECK_EQ(weft_manual_drain(&manual), 2);
    CHECK_EQ(weft_task_result(&second.task), WEFT_ERR_BUSY);
    set(&box, 3);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    CHECK_EQ(weft_task_result(&first.task), 0);
    CHECK_EQ(first.value, 3);
}

CASE(a_cancelled_wait_takes_nothing_and_makes_room_for_another_consumer)
{
    weft_manual_t manual;
    struct box box;
    struct reader reader = {.signal = &box.signal, .value = -1};

    box_init(&box);
    weft_manual_init(&manual);
    CHECK_EQ(weft_spawn(&manual.executor, reader_task(&reader)), 0);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    weft_task_cancel(&reader.task);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    CHECK_EQ(weft_task_result(&reader.task), WEFT_ERR_CANCELLED);
    CHECK_EQ(reader.value, -1);
    CHECK_EQ(weft_spawn(&manual.executor, reader_task(&reader)), 0);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    set(&box, 4);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    CHECK_EQ(weft_task_result(&reader.task), 0);
    CHECK_EQ(reader.value, 4);
}

CASE(a_value_handed_over_is_kept_when_a_cancel_comes_then)
{
    weft_manual_t manual;
    struct box box;
    struct reader reader = {.signal = &box.signal};

    box_init(&box);
    weft_manual_init(&manual);
    CHECK_EQ(weft_spawn(&manual.executor, reader_task(&reader)), 0);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    set(&box, 8);
    weft_task_cancel(&reader.task);
    weft_manual_drain(&manual);
    CHECK_EQ(weft_task_result(&reader.task), 0);
    CHECK_EQ(reader.value, 8);
}

CASE(a_timed_out_wait_takes_nothing)
{
    static weft_loop_t loop;
    struct box box;
    struct reader reader = {.signal = &box.signal, .value = -1};
    int value;

    box_init(&box);
    weft_loop_init(&loop, NULL);
    reader.deadline_us = weft_deadline(WEFT_MS(2));
    CHECK_EQ(weft_loop_run_task(&loop, reader_task(&reader)), WEFT_ERR_TIMEOUT);
    CHECK(weft_now_us() >= reader.deadline_us);
    set(&box, 4);
    CHECK_EQ(reader.value, -1);
    CHECK_EQ(weft_signal_try_wait(&box.signal, &value), 0);
    weft_loop_deinit(&loop);
}

CASE(a_size_of_0_or_too_much_or_a_value_elsewhere_is_an_assertion)
{
    static struct {
        weft_signal_t signal;
        char value[WEFT_COPY_MAX + 1];
        char far[256];
    } large;

    CHECK_DIES(weft_signal_init(&large.signal, large.value, 0),
               "a signal's value of 0 or too many bytes");
    CHECK_DIES(
        weft_signal_init(&large.signal, large.value, sizeof(large.value)),
        "a signal's value of 0 or too many bytes");
    CHECK_DIES(weft_signal_init(&large.signal, large.far + 255, 1),
               "a signal's value that is not right behind it");
    weft_signal_init(&large.signal, large.value, WEFT_COPY_MAX);
    large.value[WEFT_COPY_MAX] = 77;
    static char value[WEFT_COPY_MAX] = {1};
    value[WEFT_COPY_MAX - 1] = 2;
    weft_signal_set(&large.signal, value);
    CHECK_EQ(large.value[WEFT_COPY_MAX - 1], 2);
    CHECK_EQ(large.value[WEFT_COPY_MAX], 77);
}
