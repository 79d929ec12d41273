/* test_watch.c - the watch: the newest, once, to each; borrow, close
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/fibers.h"

struct observer {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_watch_reader_t reader;
    uint64_t deadline_us;
    int value;
};
WEFT_TASK(observer)
{
    int rc;
    WEFT_BEGIN;
    if (self->deadline_us == 0) {
        WEFT_AWAIT_RC(rc, weft_watch_wait, &self->reader, &self->value);
    } else {
        WEFT_AWAIT_UNTIL(rc, self->deadline_us, weft_watch_wait, &self->reader,
                         &self->value);
    }
    return rc;
    WEFT_END;
}

struct board {
    weft_watch_t watch;
    int values[2];
};

static void board_init(struct board *board)
{
    CHECK_EQ(weft_watch_init(&board->watch, board->values, sizeof(int)), 0);
}

static void set(struct board *board, int value)
{
    CHECK_EQ(weft_watch_set(&board->watch, &value), 0);
}

/* The value, or the error. */
static int look(weft_watch_reader_t *reader)
{
    int value;
    int rc = weft_watch_try_wait(reader, &value);

    return rc < 0 ? rc : value;
}

CASE(each_reader_gets_the_newest_value_once)
{
    struct board board;
    weft_watch_reader_t one;
    weft_watch_reader_t two;
    int value;

    board_init(&board);
    weft_watch_reader_init(&one, &board.watch);
    CHECK_EQ(weft_watch_get(&board.watch, &value), WEFT_ERR_EMPTY);
    CHECK_EQ(look(&one), WEFT_ERR_EMPTY);
    CHECK_EQ(weft_watch_wait_until(&one, &value, 0), WEFT_ERR_TIMEOUT);
    set(&board, 1);
    set(&board, 2);
    CHECK_EQ(weft_watch_wait(&one, &value), 0);
    CHECK_EQ(value, 2);
    CHECK_EQ(look(&one), WEFT_ERR_EMPTY);
    set(&board, 3);
    weft_watch_reader_init(&two, &board.watch);
    CHECK_EQ(look(&two), 3);
    CHECK_EQ(look(&one), 3);
    CHECK_EQ(look(&two), WEFT_ERR_EMPTY);
    CHECK_EQ(weft_watch_get(&board.watch, &value), 0);
    CHECK_EQ(value, 3);
}

CASE(a_set_ends_all_waits_with_its_value)
{
    enum { FEW = 2 * WEFT_STEP + 1 };
    struct board board;
    weft_manual_t manual;
    struct observer all[FEW] = {{.value = 0}};

    board_init(&board);
    weft_manual_init(&manual);
    for (int i = 0; i < FEW; i++) {
        weft_watch_reader_init(&all[i].reader, &board.watch);
    }
    for (int round = 1; round < 4; round++) {
        for (int i = 0; i < FEW; i++) {
            CHECK_EQ(weft_spawn(&manual.executor, observer_task(&all[i])), 0);
        }
        CHECK_EQ(weft_manual_drain(&manual), FEW);
        set(&board, round);
        CHECK_EQ(weft_manual_drain(&manual), FEW);
        for (int i = 0; i < FEW; i++) {
            CHECK_EQ(weft_task_result(&all[i].task), 0);
            CHECK_EQ(all[i].value, round);
        }
    }
}

CASE(who_leaves_has_seen_nothing)
{
    struct board board;
    weft_loop_t loop;
    struct observer all[2] = {{.value = 7}, {.value = 7}};

    board_init(&board);
    set(&board, 1);
    weft_loop_init(&loop, NULL);
    for (int i = 0; i < 2; i++) {
        weft_watch_reader_init(&all[i].reader, &board.watch);
        CHECK_EQ(look(&all[i].reader), 1);
        CHECK_EQ(weft_spawn(&loop.executor, observer_task(&all[i])), 0);
    }
    all[1].deadline_us = weft_deadline(WEFT_MS(1));
    (void)weft_loop_step(&loop);
    weft_task_cancel(&all[0].task);
    CHECK_EQ(weft_sleep(WEFT_MS(2)), 0);
    (void)weft_loop_step(&loop);
    CHECK_EQ(weft_task_result(&all[0].task), WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_task_result(&all[1].task), WEFT_ERR_TIMEOUT);
    set(&board, 2);
    CHECK_EQ(all[0].value, 7);
    CHECK_EQ(look(&all[0].reader), 2);
    CHECK_EQ(look(&all[1].reader), 2);
    weft_loop_deinit(&loop);
}

CASE(close_tells_who_waits_and_who_has_seen_the_last)
{
    struct board board;
    weft_loop_t loop;
    struct observer waits = {.value = 7};
    weft_watch_reader_t late;
    int value = 5;

    board_init(&board);
    set(&board, 1);
    weft_loop_init(&loop, NULL);
    weft_watch_reader_init(&late, &board.watch);
    weft_watch_reader_init(&waits.reader, &board.watch);
    CHECK_EQ(look(&waits.reader), 1);
    CHECK_EQ(weft_spawn(&loop.executor, observer_task(&waits)), 0);
    (void)weft_loop_step(&loop);
    CHECK_EQ(weft_watch_close(&board.watch), 0);
    CHECK_EQ(weft_watch_close(&board.watch), WEFT_ERR_CLOSED);
    (void)weft_loop_step(&loop);
    CHECK_EQ(weft_task_result(&waits.task), WEFT_ERR_CLOSED);
    CHECK_EQ(waits.value, 7);
    CHECK_EQ(weft_watch_set(&board.watch, &value), WEFT_ERR_CLOSED);
    CHECK_EQ(look(&late), 1);
    CHECK_EQ(weft_watch_wait(&late, &value), WEFT_ERR_CLOSED);
    CHECK_EQ(look(&late), WEFT_ERR_CLOSED);
    CHECK_EQ(weft_watch_get(&board.watch, &value), 0);
    CHECK_EQ(value, 1);
    weft_loop_deinit(&loop);
}

CASE(what_is_borrowed_stays_whatever_is_set)
{
    struct board board;
    const int *one;
    const int *same;
    const int *two;
    int value;

    board_init(&board);
    CHECK(weft_watch_borrow(&board.watch) == NULL);
    set(&board, 1);
    one = weft_watch_borrow(&board.watch);
    same = weft_watch_borrow(&board.watch);
    CHECK(one == same);
    set(&board, 2);
    set(&board, 3);
    CHECK_EQ(*one, 1);
    CHECK_EQ(weft_watch_get(&board.watch, &value), 0);
    CHECK_EQ(value, 3);
    CHECK(weft_watch_borrow(&board.watch) == NULL);
    weft_watch_release(&board.watch);
    CHECK(weft_watch_borrow(&board.watch) == NULL);
    weft_watch_release(&board.watch);
    two = weft_watch_borrow(&board.watch);
    CHECK_EQ(*two, 3);
    set(&board, 4);
    CHECK_EQ(*two, 3);
    weft_watch_release(&board.watch);
}

CASE(a_wait_may_leave_the_value_to_a_borrow)
{
    struct board board;
    weft_watch_reader_t reader;

    board_init(&board);
    weft_watch_reader_init(&reader, &board.watch);
    set(&board, 1);
    CHECK_EQ(weft_watch_wait(&reader, NULL), 0);
    CHECK_EQ(weft_watch_try_wait(&reader, NULL), WEFT_ERR_EMPTY);
    CHECK_EQ(*(const int *)weft_watch_borrow(&board.watch), 1);
    weft_watch_release(&board.watch);
}

/* By hand where so many sets would take too long. */
CASE(a_value_is_new_also_after_as_many_sets_as_32_bits_count)
{
    struct board board;
    weft_watch_reader_t reader;

    board_init(&board);
    weft_watch_reader_init(&reader, &board.watch);
    set(&board, 1);
    CHECK_EQ(look(&reader), 1);
    board.watch.version += UINT32_MAX;
    CHECK_EQ(look(&reader), 1);
    CHECK_EQ(look(&reader), WEFT_ERR_EMPTY);
    board.watch.version += UINT32_MAX;
    set(&board, 2);
    CHECK_EQ(look(&reader), 2);
}

CASE(as_many_as_64_kibi_may_borrow)
{
    struct board board;
    const int *lent;

    board_init(&board);
    set(&board, 1);
    lent = weft_watch_borrow(&board.watch);
    for (long i = 1; i < 0x10000; i++) {
        CHECK(weft_watch_borrow(&board.watch) == lent);
    }
    set(&board, 2);
    CHECK_EQ(*lent, 1);
    board.watch.borrowers = UINT32_MAX;
    CHECK(weft_watch_borrow(&board.watch) == NULL);
    board.watch.lent = board.watch.current;
    CHECK_DIES((void)weft_watch_borrow(&board.watch),
               "borrowed without an end");
}

struct point {
    int x;
    int y;
};
WEFT_WATCH_DEFINE(place, struct point);

static int wait_in_a_fiber(void *ctx)
{
    struct point point;
    int rc = weft_watch_wait_until(ctx, &point, weft_deadline(WEFT_MS(1)));

    return rc < 0 ? rc : point.y;
}

CASE(a_fiber_waits_for_one_that_is_static)
{
    struct point point = {1, 2};
    weft_watch_reader_t reader;

    weft_watch_reader_init(&reader, &place);
    CHECK_EQ(weft_watch_set(&place, &point), 0);
    CHECK_EQ(in_a_fiber(wait_in_a_fiber, &reader), 2);
    CHECK_EQ(in_a_fiber(wait_in_a_fiber, &reader), WEFT_ERR_TIMEOUT);
}

/* --- bad input */

CASE(values_of_no_size_or_a_huge_one_are_invalid)
{
    weft_watch_t watch;
    char values[2][WEFT_COPY_MAX];

    CHECK_EQ(weft_watch_init(&watch, values, 0), WEFT_ERR_INVALID);
    CHECK_EQ(weft_watch_init(&watch, values, WEFT_COPY_MAX + 1),
             WEFT_ERR_INVALID);
    CHECK_EQ(weft_watch_init(&watch, values, SIZE_MAX), WEFT_ERR_INVALID);
    CHECK_EQ(weft_watch_init(&watch, NULL, 1), WEFT_ERR_INVALID);
    CHECK_EQ(weft_watch_init(&watch, values, WEFT_COPY_MAX), 0);
}

CASE(one_reader_for_two_and_a_release_too_many_are_assertions)
{
    struct board board;
    weft_loop_t loop;
    struct observer waits = {.value = 7};
    int value;

    board_init(&board);
    CHECK_DIES(weft_watch_release(&board.watch),
               "release of what nobody borrows");
    weft_loop_init(&loop, NULL);
    weft_watch_reader_init(&waits.reader, &board.watch);
    CHECK_EQ(weft_spawn(&loop.executor, observer_task(&waits)), 0);
    (void)weft_loop_step(&loop);
    CHECK_DIES(weft_watch_wait(&waits.reader, &value),
               "a reader that already waits");
    CHECK_EQ(weft_watch_close(&board.watch), 0);
    (void)weft_loop_step(&loop);
    CHECK_EQ(weft_task_result(&waits.task), WEFT_ERR_CLOSED);
    weft_loop_deinit(&loop);
}
