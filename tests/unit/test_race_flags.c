/* test_race_flags.c - sets of many cores, limits and cancels of one who waits
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"

struct server {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_flags_t flags;
    uint32_t mask;
    uint32_t got;
    uint64_t deadline_us;
    bool all;
};
WEFT_TASK(server)
{
    int rc;
    WEFT_BEGIN;
    if (self->all) {
        WEFT_AWAIT_UNTIL(rc, self->deadline_us, weft_flags_wait_all,
                         &self->flags, self->mask);
    } else {
        WEFT_AWAIT_UNTIL(rc, self->deadline_us, weft_flags_wait_any,
                         &self->flags, self->mask, &self->got);
    }
    return rc;
    WEFT_END;
}

/* --- each flag that was set is got once */

enum { SETTERS = 2, EACH = 3 };

struct setter {
    weft_flags_t *flags;
    uint32_t flag;
    weft_port_thread_t thread;
};

static void set_flag(void *ctx)
{
    struct setter *setter = ctx;

    weft_flags_set(setter->flags, setter->flag);
}

static void start_setters(struct setter *setter, weft_flags_t *flags)
{
    for (int i = 0; i < SETTERS; i++) {
        setter[i].flags = flags;
        setter[i].flag = (uint32_t)1 << i;
        thread_start(&setter[i].thread, set_flag, &setter[i]);
    }
}

static void join_setters(struct setter *setter)
{
    for (int i = 0; i < SETTERS; i++) {
        weft_port_thread_join(&setter[i].thread);
    }
}

CASE(each_flag_that_is_set_is_got_once)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        weft_flags_t flags = WEFT_FLAGS_INIT;
        struct setter setter[SETTERS];
        uint32_t all = 0;

        start_setters(setter, &flags);
        while (all != EACH) {
            uint32_t got;

            CHECK_EQ(weft_flags_wait_any(&flags, EACH, &got), 0);
            CHECK(got != 0);
            CHECK_EQ(all & got, 0);
            all |= got;
        }
        join_setters(setter);
        CHECK_EQ(weft_flags_get(&flags), 0);
    }
}

/* --- the waiter is gone while the set that ended its wait goes on */

static void set_all(void *ctx)
{
    weft_flags_set(ctx, 3);
}

CASE(the_waiter_frees_the_flags_while_the_set_goes_on)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        weft_loop_t loop;
        weft_port_thread_t thread;
        struct server *server = frame_new(sizeof(*server));

        weft_loop_init(&loop, NULL);
        weft_flags_init(&server->flags);
        server->mask = 3;
        server->deadline_us = WEFT_FOREVER;
        server->all = i % 2 == 0 && some(2) == 0;
        thread_start(&thread, set_all, &server->flags);
        CHECK_EQ(weft_loop_run_task(&loop, server_task(server)), 0);
        CHECK_EQ(server->got, server->all ? 0 : 3);
        frame_drop(server, sizeof(*server));
        weft_loop_deinit(&loop);
        weft_port_thread_join(&thread);
    }
}

/* --- set, limit and cancel together: no flag is lost, none is got twice */

static void meet(struct server *server, bool all)
{
    struct core core;
    struct setter setter[SETTERS];
    uint64_t time_us = weft_deadline(WEFT_US(200));

    weft_flags_init(&server->flags);
    server->mask = EACH;
    server->all = all;
    server->deadline_us = time_us;
    core_start(&core);
    CHECK_EQ(weft_spawn(&core.loop.executor, server_task(server)), 0);
    stand_until(time_us);
    start_setters(setter, &server->flags);
    weft_task_cancel(&server->task);
    join_setters(setter);
    spin_until_finished(&server->task);
    core_stop(&core);
}

CASE(of_set_limit_and_cancel_one_happens_and_no_flag_is_lost)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        for (int all = 0; all < 2; all++) {
            struct server *server = frame_new(sizeof(*server));
            uint32_t left;
            int rc;

            meet(server, all);
            rc = weft_task_result(&server->task);
            left = weft_flags_get(&server->flags);
            if (rc != 0) {
                CHECK(rc == WEFT_ERR_TIMEOUT || rc == WEFT_ERR_CANCELLED);
                CHECK_EQ(left, EACH);
            } else {
                CHECK_EQ(left ^ (all ? (uint32_t)EACH : server->got), EACH);
            }
            frame_drop(server, sizeof(*server));
        }
    }
}
