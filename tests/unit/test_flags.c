/* test_flags.c - flags: any, all, what is cleared; who may not
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/fibers.h"

enum { A = 1, B = 2, C = 4, Z = INT32_C(0x40000000) };

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
    if (self->all && self->deadline_us != 0) {
        WEFT_AWAIT_UNTIL(rc, self->deadline_us, weft_flags_wait_all,
                         &self->flags, self->mask);
    } else if (self->all) {
        WEFT_AWAIT_RC(rc, weft_flags_wait_all, &self->flags, self->mask);
    } else {
        WEFT_AWAIT_RC(rc, weft_flags_wait_any, &self->flags, self->mask,
                      &self->got);
    }
    return rc;
    WEFT_END;
}

static void serve(weft_loop_t *loop, struct server *server, uint32_t mask,
                  bool all)
{
    weft_flags_init(&server->flags);
    server->mask = mask;
    server->all = all;
    CHECK_EQ(weft_spawn(&loop->executor, server_task(server)), 0);
    (void)weft_loop_step(loop);
    CHECK(!weft_task_finished(&server->task));
}

static bool ended(weft_loop_t *loop, const struct server *server, int rc)
{
    (void)weft_loop_step(loop);
    return weft_task_finished(&server->task) &&
           weft_task_result(&server->task) == rc;
}

CASE(any_takes_those_that_are_set_and_no_others)
{
    weft_flags_t flags;
    uint32_t got = 99;

    weft_flags_init(&flags);
    CHECK_EQ(weft_flags_try_wait_any(&flags, UINT32_MAX, &got), WEFT_ERR_EMPTY);
    CHECK_EQ(got, 99);
    weft_flags_set(&flags, A | B | Z);
    weft_flags_set(&flags, 0);
    CHECK_EQ(weft_flags_try_wait_any(&flags, C, &got), WEFT_ERR_EMPTY);
    CHECK_EQ(weft_flags_try_wait_any(&flags, B | C | Z, &got), 0);
    CHECK_EQ(got, B | Z);
    CHECK_EQ(weft_flags_get(&flags), A);
    CHECK_EQ(weft_flags_wait_any(&flags, A | B, &got), 0);
    CHECK_EQ(got, A);
    CHECK_EQ(weft_flags_get(&flags), 0);
    weft_flags_set(&flags, UINT32_MAX);
    CHECK_EQ(weft_flags_try_wait_any(&flags, UINT32_MAX, NULL), 0);
    CHECK_EQ(weft_flags_get(&flags), 0);
}

CASE(all_takes_all_or_nothing)
{
    weft_flags_t flags = WEFT_FLAGS_INIT;

    weft_flags_set(&flags, A | C);
    CHECK_EQ(weft_flags_try_wait_all(&flags, A | B), WEFT_ERR_EMPTY);
    CHECK_EQ(weft_flags_wait_all_until(&flags, A | B, 0), WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_flags_get(&flags), A | C);
    weft_flags_set(&flags, B);
    CHECK_EQ(weft_flags_try_wait_all(&flags, A | B), 0);
    CHECK_EQ(weft_flags_get(&flags), C);
    CHECK_EQ(weft_flags_wait_all(&flags, C), 0);
    CHECK_EQ(weft_flags_get(&flags), 0);
}

CASE(clear_says_what_was_set)
{
    weft_flags_t flags = WEFT_FLAGS_INIT;

    weft_flags_set(&flags, A | B);
    CHECK_EQ(weft_flags_clear(&flags, B | C), B);
    CHECK_EQ(weft_flags_get(&flags), A);
}

CASE(a_set_ends_a_wait_for_any)
{
    weft_loop_t loop;
    struct server server = {.got = 0};

    weft_loop_init(&loop, NULL);
    serve(&loop, &server, A | B, false);
    weft_flags_set(&server.flags, C);
    CHECK(!ended(&loop, &server, 0));
    weft_flags_set(&server.flags, B | C);
    CHECK(ended(&loop, &server, 0));
    CHECK_EQ(server.got, B);
    CHECK_EQ(weft_flags_get(&server.flags), C);
    weft_loop_deinit(&loop);
}

CASE(the_last_set_ends_a_wait_for_all)
{
    weft_loop_t loop;
    struct server server = {.got = 0};

    weft_loop_init(&loop, NULL);
    serve(&loop, &server, A | B | C, true);
    weft_flags_set(&server.flags, A | Z);
    weft_flags_set(&server.flags, B);
    CHECK(!ended(&loop, &server, 0));
    CHECK_EQ(weft_flags_clear(&server.flags, A), A);
    weft_flags_set(&server.flags, C);
    CHECK(!ended(&loop, &server, 0));
    weft_flags_set(&server.flags, A);
    CHECK(ended(&loop, &server, 0));
    CHECK_EQ(weft_flags_get(&server.flags), Z);
    weft_loop_deinit(&loop);
}

CASE(who_leaves_has_cleared_nothing)
{
    weft_loop_t loop;
    struct server server = {.deadline_us = weft_deadline(WEFT_MS(50))};

    weft_loop_init(&loop, NULL);
    serve(&loop, &server, A | B, true);
    weft_flags_set(&server.flags, A);
    CHECK_EQ(weft_sleep(WEFT_MS(51)), 0);
    CHECK(ended(&loop, &server, WEFT_ERR_TIMEOUT));
    CHECK_EQ(weft_flags_get(&server.flags), A);
    server.deadline_us = 0;
    serve(&loop, &server, A | B, false);
    weft_task_cancel(&server.task);
    CHECK(ended(&loop, &server, WEFT_ERR_CANCELLED));
    weft_flags_set(&server.flags, A);
    CHECK_EQ(weft_flags_get(&server.flags), A);
    weft_loop_deinit(&loop);
}

CASE(one_waits_at_a_time)
{
    weft_loop_t loop;
    struct server server = {.got = 0};
    uint32_t got;

    weft_loop_init(&loop, NULL);
    serve(&loop, &server, A, true);
    CHECK_EQ(weft_flags_wait_any(&server.flags, B, &got), WEFT_ERR_BUSY);
    CHECK_EQ(weft_flags_wait_any_until(&server.flags, B, &got, 0),
             WEFT_ERR_BUSY);
    weft_flags_set(&server.flags, A);
    CHECK(ended(&loop, &server, 0));
    weft_loop_deinit(&loop);
}

static int wait_in_a_fiber(void *ctx)
{
    uint32_t got;

    return weft_flags_wait_any_until(ctx, A | B, &got,
                                     weft_deadline(WEFT_MS(1)));
}

CASE(a_fiber_waits_for_them)
{
    weft_flags_t flags = WEFT_FLAGS_INIT;

    CHECK_EQ(in_a_fiber(wait_in_a_fiber, &flags), WEFT_ERR_TIMEOUT);
    weft_flags_set(&flags, B);
    CHECK_EQ(in_a_fiber(wait_in_a_fiber, &flags), 0);
}

/* --- bad input */

CASE(a_wait_for_no_flags_is_an_assertion)
{
    weft_flags_t flags = WEFT_FLAGS_INIT;
    uint32_t got;

    CHECK_DIES(weft_flags_wait_any(&flags, 0, &got), "a wait for no flags");
    CHECK_DIES(weft_flags_wait_all(&flags, 0), "a wait for no flags");
    CHECK_DIES(weft_flags_try_wait_any(&flags, 0, &got), "a wait for no flags");
    CHECK_DIES(weft_flags_try_wait_all(&flags, 0), "a wait for no flags");
    CHECK_DIES(weft_flags_wait_any(&flags, A, NULL),
               "flags with no place to go");
}
