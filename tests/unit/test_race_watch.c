/* test_race_watch.c - sets, observers, borrowers, leaving and close at once
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"

/* A value that is torn when its halves differ. */
struct pair {
    unsigned a;
    unsigned b[6];
};

struct board {
    weft_watch_t watch;
    struct pair values[2];
};

static void board_init(struct board *board)
{
    CHECK_EQ(weft_watch_init(&board->watch, board->values, sizeof(struct pair)),
             0);
}

static void set(struct board *board, unsigned n)
{
    struct pair pair = {.a = n, .b = {n, n, n, n, n, n}};

    CHECK_EQ(weft_watch_set(&board->watch, &pair), 0);
}

static void check_whole(const struct pair *pair)
{
    for (int i = 0; i < 6; i++) {
        CHECK_EQ(pair->b[i], pair->a);
    }
}

/* --- each observer sees ever newer values, whole, and at last the last */

enum { SETS = 6 };

struct observer {
    weft_task_t task;
    weft_await_t await;
    weft_watch_reader_t reader;
    struct pair value;
    unsigned last;
};
WEFT_TASK(observer)
{
    int rc;
    WEFT_BEGIN;
    for (;;) {
        WEFT_AWAIT_RC(rc, weft_watch_wait, &self->reader, &self->value);
        if (rc < 0) {
            return rc;
        }
        check_whole(&self->value);
        CHECK(self->value.a > self->last);
        self->last = self->value.a;
    }
    WEFT_END;
}

static void observe_in_a_thread(void *ctx)
{
    struct observer *self = ctx;

    while (weft_watch_wait(&self->reader, &self->value) == 0) {
        check_whole(&self->value);
        CHECK(self->value.a > self->last);
        self->last = self->value.a;
    }
    weft_thread_leave();
}

enum { OBSERVERS = WEFT_STEP + 3 };

static void observe(struct board *board, struct observer *observer)
{
    struct core core;
    weft_port_thread_t thread;

    core_start(&core);
    for (int i = 0; i < OBSERVERS; i++) {
        weft_watch_reader_init(&observer[i].reader, &board->watch);
    }
    thread_start(&thread, observe_in_a_thread, &observer[0]);
    for (int i = 1; i < OBSERVERS; i++) {
        CHECK_EQ(weft_spawn(&core.loop.executor, observer_task(&observer[i])),
                 0);
    }
    for (unsigned n = 1; n <= SETS; n++) {
        set(board, n);
    }
    CHECK_EQ(weft_watch_close(&board->watch), 0);
    weft_port_thread_join(&thread);
    core_stop(&core);
}

CASE(each_observer_sees_newer_and_newer_values_and_the_last)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct board *board = frame_new(sizeof(*board));
        struct observer observer[OBSERVERS] = {{.last = 0}};

        board_init(board);
        observe(board, observer);
        for (int n = 0; n < OBSERVERS; n++) {
            CHECK_EQ(observer[n].last, SETS);
            CHECK(n == 0 ||
                  weft_task_result(&observer[n].task) == WEFT_ERR_CLOSED);
        }
        frame_drop(board, sizeof(*board));
    }
}

/* --- the observer frees the watch while the set that woke it goes on */

static void set_one(void *ctx)
{
    set(ctx, 1);
}

CASE(the_observer_frees_the_watch_while_the_set_goes_on)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct board *board = frame_new(sizeof(*board));
        weft_watch_reader_t reader;
        weft_port_thread_t thread;
        struct pair value;

        board_init(board);
        weft_watch_reader_init(&reader, &board->watch);
        thread_start(&thread, set_one, board);
        CHECK_EQ(weft_watch_wait(&reader, &value), 0);
        check_whole(&value);
        frame_drop(board, sizeof(*board));
        weft_port_thread_join(&thread);
    }
}

/* --- what is borrowed is whole and stays, and the sets go on */

static void set_often(void *ctx)
{
    for (unsigned n = 1; n <= SETS; n++) {
        set(ctx, n);
    }
}

static void borrow_often(void *ctx)
{
    struct board *board = ctx;
    unsigned last = 0;

    for (int i = 0; i < SETS; i++) {
        const struct pair *pair = weft_watch_borrow(&board->watch);

        if (pair != NULL) {
            unsigned a = pair->a;

            CHECK(a >= last);
            check_whole(pair);
            weft_hook_spin();
            check_whole(pair);
            CHECK_EQ(pair->a, a);
            last = a;
            weft_watch_release(&board->watch);
        }
    }
}

CASE(what_is_borrowed_is_not_torn)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct board board;
        weft_port_thread_t thread[3];

        board_init(&board);
        thread_start(&thread[0], borrow_often, &board);
        thread_start(&thread[1], borrow_often, &board);
        thread_start(&thread[2], set_often, &board);
        for (int n = 0; n < 3; n++) {
            weft_port_thread_join(&thread[n]);
        }
        CHECK_EQ(board.watch.borrowers, 0);
    }
}

/* --- who leaves while a set goes on still gets the value */

struct leaver {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_watch_reader_t reader;
    struct pair value;
    uint64_t deadline_us;
};
WEFT_TASK(leaver)
{
    int rc;
    WEFT_BEGIN;
    WEFT_AWAIT_UNTIL(rc, self->deadline_us, weft_watch_wait, &self->reader,
                     &self->value);
    return rc;
    WEFT_END;
}

static void leave_round(void)
{
    struct core core;
    struct board board;
    weft_port_thread_t thread;
    struct leaver leaver[OBSERVERS] = {{.deadline_us = 0}};

    board_init(&board);
    core_start(&core);
    for (int i = 0; i < OBSERVERS; i++) {
        leaver[i].deadline_us =
            i == OBSERVERS / 2 ? weft_deadline(WEFT_US(10)) : WEFT_FOREVER;
        weft_watch_reader_init(&leaver[i].reader, &board.watch);
        CHECK_EQ(weft_spawn(&core.loop.executor, leaver_task(&leaver[i])), 0);
    }
    thread_start(&thread, set_one, &board);
    weft_task_cancel(&leaver[0].task);
    weft_task_cancel(&leaver[OBSERVERS - 1].task);
    weft_port_thread_join(&thread);
    core_stop(&core);
    for (int i = 0; i < OBSERVERS; i++) {
        struct pair value;
        bool got = weft_task_result(&leaver[i].task) == 0;

        CHECK_EQ(weft_watch_try_wait(&leaver[i].reader, &value),
                 got ? WEFT_ERR_EMPTY : 0);
    }
}

CASE(who_leaves_while_a_set_goes_on_has_seen_it_or_will)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        leave_round();
    }
}
