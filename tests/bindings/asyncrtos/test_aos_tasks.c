/* test_aos_tasks.c - tasks: handlers, loops, hooks, start, stop
 * SPDX-License-Identifier: MIT
 */
#include "tests/bindings/asyncrtos/counted.h"

enum { PING, PONG, KEEP, SELF, MANY = -7 };

static aos_task_t *make(aos_task_config_t config)
{
    aos_task_t *task = aos_task_alloc(&config);

    CHECK(task != NULL);
    return task;
}

static void end(aos_task_t *task)
{
    CHECK(stop_task(task));
    aos_task_free(task);
    counted_check();
}

static void count(aos_task_t *task, aos_future_t *future)
{
    (*(int *)aos_task_args_get(task))++;
    aos_resolve(future);
}

static void count_ten(aos_task_t *task, aos_future_t *future)
{
    *(int *)aos_task_args_get(task) += 10;
    aos_resolve(future);
}

/* --- handlers ------------------------------------------------------------- */

CASE(a_handler_answers_whatever_the_event_number_is)
{
    int calls = 0;
    aos_task_t *task = make((aos_task_config_t){.args = &calls, .name = "t"});

    CHECK_EQ(aos_task_handler_set(task, count, PING), 0);
    CHECK_EQ(aos_task_handler_set(task, count, INT32_MIN), 0);
    CHECK_EQ(aos_task_handler_set(task, count, INT32_MAX), 0);
    START_OR_SKIP(task);
    CHECK(send_task(task, PING));
    CHECK(send_task(task, INT32_MIN));
    CHECK(send_task(task, INT32_MAX));
    CHECK_EQ(calls, 3);
    end(task);
}

CASE(a_table_of_handlers_is_set_at_once)
{
    static const aos_task_handler_entry_t table[] = {{PING, count},
                                                     {MANY, count_ten}};
    static const aos_task_handler_entry_t twice[] = {{PING, count},
                                                     {PING, count_ten}};
    static const aos_task_handler_entry_t none[] = {{PING, NULL}};
    int calls = 0;
    aos_task_t *task = make((aos_task_config_t){
        .args = &calls, .handlers = table, .handlers_count = 2});

    CHECK(aos_task_alloc(&(aos_task_config_t){.handlers = twice,
                                              .handlers_count = 2}) == NULL);
    CHECK(aos_task_alloc(&(aos_task_config_t){.handlers = none,
                                              .handlers_count = 1}) == NULL);
    START_OR_SKIP(task);
    CHECK(send_task(task, PING));
    CHECK(send_task(task, MANY));
    CHECK_EQ(calls, 11);
    end(task);
}

CASE(what_no_handler_takes_is_rejected)
{
    int calls = 0;
    aos_task_t *task = make((aos_task_config_t){.args = &calls});

    CHECK(aos_task_handler_set(task, NULL, PING) != 0);
    aos_task_handler_set(task, count, PING);
    aos_task_handler_unset(task, PING);
    aos_task_handler_unset(task, PONG);
    START_OR_SKIP(task);
    CHECK(!send_task(task, PING));
    (void)aos_task_send(task, PING, aos_forgettable_alloc(3));
    CHECK_EQ(calls, 0);
    end(task);
}

/* Replaces itself, then takes itself out. */
static void replace(aos_task_t *task, aos_future_t *future)
{
    CHECK_EQ(aos_task_handler_set(task, count, SELF), 0);
    CHECK_EQ(aos_task_handler_set(task, count, PONG), 0);
    aos_resolve(future);
}

static void unset(aos_task_t *task, aos_future_t *future)
{
    aos_task_handler_unset(task, PING);
    aos_resolve(future);
}

CASE(a_handler_replaces_and_unsets_itself)
{
    int calls = 0;
    aos_task_t *task = make((aos_task_config_t){.args = &calls});

    aos_task_handler_set(task, replace, SELF);
    aos_task_handler_set(task, unset, PING);
    START_OR_SKIP(task);
    CHECK(send_task(task, SELF));
    CHECK(send_task(task, SELF));
    CHECK(send_task(task, PONG));
    CHECK(send_task(task, PING));
    CHECK(!send_task(task, PING));
    CHECK_EQ(calls, 2);
    end(task);
}

/* --- answers later, sends on ---------------------------------------------- */

static aos_future_t *kept;

static void keep(aos_task_t *task, aos_future_t *future)
{
    (void)task;
    kept = future;
}

static void answer_kept(aos_task_t *task, aos_future_t *future)
{
    (void)task;
    aos_resolve(kept);
    aos_resolve(future);
}

CASE(a_kept_future_is_resolved_by_another_handler)
{
    aos_task_t *task = make((aos_task_config_t){0});
    aos_future_t *future = aos_awaitable_alloc(0);

    aos_task_handler_set(task, keep, KEEP);
    aos_task_handler_set(task, answer_kept, PING);
    START_OR_SKIP(task);
    (void)aos_task_send(task, KEEP, future);
    CHECK(send_task(task, PING));
    CHECK(await_free(future));
    end(task);
}

CASE(a_kept_future_outlives_the_task)
{
    aos_task_t *task = make((aos_task_config_t){0});
    aos_future_t *future = aos_awaitable_alloc(0);

    aos_task_handler_set(task, keep, KEEP);
    START_OR_SKIP(task);
    (void)aos_task_send(task, KEEP, future);
    CHECK(stop_task(task));
    aos_task_free(task);
    CHECK(!aos_isresolved(future));
    aos_resolve(kept);
    CHECK(await_free(future));
    counted_check();
}

static void pass_on(aos_task_t *task, aos_future_t *future)
{
    aos_task_send(aos_task_args_get(task), PING, future);
}

CASE(a_handler_sends_its_future_on)
{
    int calls = 0;
    aos_task_t *second = make((aos_task_config_t){.args = &calls});
    aos_task_t *first = make((aos_task_config_t){.args = second});

    aos_task_handler_set(second, count, PING);
    aos_task_handler_set(first, pass_on, PONG);
    START_OR_SKIP(second);
    if (!start_task(first)) {
        aos_task_free(first);
        end(second);
        SKIP("no thread is left");
    }
    CHECK(send_task(first, PONG));
    CHECK_EQ(calls, 1);
    CHECK(stop_task(second));
    CHECK(!send_task(first, PONG));
    CHECK(stop_task(first));
    aos_task_free(second);
    end(first);
}

/* Asks its own task for more, all at once, and waits for another one. */
static void flood(aos_task_t *task, aos_future_t *future)
{
    int i;

    for (i = 0; i < 100; i++) {
        (void)aos_task_send(task, PING, aos_forgettable_alloc(0));
    }
    aos_resolve(future);
}

CASE(a_handler_floods_its_own_task)
{
    int calls = 0;
    aos_task_t *task =
        make((aos_task_config_t){.args = &calls, .queuesize = 3});

    aos_task_handler_set(task, flood, SELF);
    aos_task_handler_set(task, count, PING);
    START_OR_SKIP(task);
    CHECK(send_task(task, SELF));
    CHECK(send_task(task, PING));
    CHECK_EQ(calls, 101);
    end(task);
}

static void flood_other(aos_task_t *task, aos_future_t *future)
{
    aos_task_t **other = aos_task_args_get(task);
    int i;

    for (i = 0; i < 50; i++) {
        (void)aos_task_send(*other, PONG, aos_forgettable_alloc(0));
    }
    aos_resolve(future);
}

static uint32_t received; /* atomic */

static void receive(aos_task_t *task, aos_future_t *future)
{
    (void)task;
    (void)weft_atomic_fetch_add_relaxed_u32(&received, 1);
    aos_resolve(future);
}

CASE(two_tasks_flood_each_other)
{
    aos_task_t *tasks[2];
    aos_future_t *futures[2];
    int i;

    weft_atomic_store_relaxed_u32(&received, 0);
    for (i = 0; i < 2; i++) {
        tasks[i] = make((aos_task_config_t){.args = &tasks[1 - i]});
        aos_task_handler_set(tasks[i], flood_other, PING);
        aos_task_handler_set(tasks[i], receive, PONG);
    }
    START_OR_SKIP(tasks[0]);
    if (!start_task(tasks[1])) {
        aos_task_free(tasks[1]);
        end(tasks[0]);
        SKIP("no thread is left");
    }
    for (i = 0; i < 2; i++) {
        futures[i] = aos_awaitable_alloc(0);
        (void)aos_task_send(tasks[i], PING, futures[i]);
    }
    CHECK(await_free(futures[0]) && await_free(futures[1]));
    CHECK(send_task(tasks[0], PONG) && send_task(tasks[1], PONG));
    CHECK_EQ(weft_atomic_load_relaxed_u32(&received), 102);
    CHECK(stop_task(tasks[0]) && stop_task(tasks[1]));
    aos_task_free(tasks[0]);
    aos_task_free(tasks[1]);
    counted_check();
}

/* A handler may block. */
static void ask_other(aos_task_t *task, aos_future_t *future)
{
    aos_task_t *other = aos_task_args_get(task);

    CHECK(send_task(other, PING));
    (void)weft_sleep(WEFT_MS(1));
    aos_resolve(future);
}

CASE(a_handler_awaits_another_task)
{
    int calls = 0;
    aos_task_t *second = make((aos_task_config_t){.args = &calls});
    aos_task_t *first = make((aos_task_config_t){.args = second});

    aos_task_handler_set(second, count, PING);
    aos_task_handler_set(first, ask_other, PONG);
    START_OR_SKIP(second);
    if (!start_task(first)) {
        aos_task_free(first);
        end(second);
        SKIP("no thread is left");
    }
    CHECK(send_task(first, PONG));
    CHECK_EQ(calls, 1);
    CHECK(stop_task(first) && stop_task(second));
    aos_task_free(first);
    aos_task_free(second);
    counted_check();
}

CASE(a_future_is_sent_again_when_it_was_resolved)
{
    int calls = 0;
    aos_task_t *task = make((aos_task_config_t){.args = &calls});
    aos_future_t *future = aos_awaitable_alloc(0);

    aos_task_handler_set(task, count, PING);
    START_OR_SKIP(task);
    CHECK(aos_isresolved(aos_await(aos_task_send(task, PING, future))));
    CHECK(!aos_isresolved(aos_await(aos_task_send(task, PONG, future))));
    CHECK(aos_isresolved(aos_await(aos_task_send(task, PING, future))));
    CHECK_EQ(calls, 2);
    aos_awaitable_free(future);
    end(task);
}

static void await_itself(aos_task_t *task, aos_future_t *future)
{
    (void)task;
    (void)aos_task_send(task, PING, future);
    CHECK_DIES(aos_resolve(future), "on its way");
    CHECK_DIES(aos_awaitable_free(future), "on its way");
    CHECK_DIES(aos_task_send(task, PING, future), "on its way");
    CHECK_DIES(aos_task_free(task), "not stopped");
}

CASE(what_is_on_its_way_is_left_alone)
{
    int calls = 0;
    aos_task_t *task = make((aos_task_config_t){.args = &calls});

    aos_task_handler_set(task, await_itself, SELF);
    aos_task_handler_set(task, count, PING);
    START_OR_SKIP(task);
    CHECK(send_task(task, SELF));
    end(task);
}

/* --- loops ---------------------------------------------------------------- */

struct loops {
    aos_task_loop_handle_t *handle[2];
    uint32_t ran[2]; /* atomic */
};

static void loop_first(aos_task_t *task)
{
    struct loops *loops = aos_task_args_get(task);

    (void)weft_atomic_fetch_add_relaxed_u32(&loops->ran[0], 1);
}

/* The third time it takes out itself and the other. */
static void loop_ends(aos_task_t *task)
{
    struct loops *loops = aos_task_args_get(task);

    if (weft_atomic_fetch_add_relaxed_u32(&loops->ran[1], 1) == 2) {
        aos_task_loop_unset(task, loops->handle[1]);
        aos_task_loop_unset(task, loops->handle[0]);
        aos_task_loop_unset(task, loops->handle[1]);
        aos_task_loop_unset(task, NULL);
    }
}

CASE(loops_run_at_intervals_until_they_are_unset)
{
    struct loops loops = {0};
    aos_task_t *task = make((aos_task_config_t){.args = &loops});

    loops.handle[0] = aos_task_loop_set(task, loop_first, 2);
    loops.handle[1] = aos_task_loop_set(task, loop_ends, 4);
    CHECK(loops.handle[0] != NULL && loops.handle[1] != NULL);
    START_OR_SKIP(task);
    while (weft_atomic_load_relaxed_u32(&loops.ran[1]) < 3) {
        (void)weft_sleep(WEFT_MS(1));
    }
    CHECK(stop_task(task));
    CHECK(weft_atomic_load_relaxed_u32(&loops.ran[0]) >= 1);
    CHECK_EQ(weft_atomic_load_relaxed_u32(&loops.ran[1]), 3);
    aos_task_free(task);
    counted_check();
}

CASE(a_loop_set_before_a_restart_runs_again)
{
    struct loops loops = {0};
    aos_task_t *task = make((aos_task_config_t){.args = &loops});
    int i;

    CHECK(aos_task_loop_set(task, loop_first, 1) != NULL);
    for (i = 0; i < 3; i++) {
        weft_atomic_store_relaxed_u32(&loops.ran[0], 0);
        START_OR_SKIP(task);
        while (weft_atomic_load_relaxed_u32(&loops.ran[0]) < 2) {
            (void)weft_sleep(WEFT_MS(1));
        }
        CHECK(stop_task(task));
    }
    aos_task_free(task);
    counted_check();
}

/* One message more each time, so that there is always one. */
static void flood_slowly(aos_task_t *task, aos_future_t *future)
{
    struct loops *loops = aos_task_args_get(task);

    if (weft_atomic_load_relaxed_u32(&loops->ran[0]) < 5) {
        (void)aos_task_send(task, SELF, aos_forgettable_alloc(0));
    }
    (void)weft_sleep(WEFT_US(300));
    aos_resolve(future);
}

CASE(a_loop_runs_while_messages_flood_in)
{
    struct loops loops = {0};
    aos_task_t *task = make((aos_task_config_t){.args = &loops});

    aos_task_handler_set(task, flood_slowly, SELF);
    CHECK(aos_task_loop_set(task, loop_first, 1) != NULL);
    START_OR_SKIP(task);
    (void)aos_task_send(task, SELF, aos_forgettable_alloc(0));
    while (weft_atomic_load_relaxed_u32(&loops.ran[0]) < 5) {
        (void)weft_sleep(WEFT_MS(1));
    }
    CHECK(stop_task(task));
    aos_task_free(task);
    counted_check();
}

CASE(bad_loops_are_refused)
{
    aos_task_t *task = make((aos_task_config_t){0});

    CHECK(aos_task_loop_set(task, loop_first, 0) == NULL);
    CHECK(aos_task_loop_set(task, NULL, 1) == NULL);
    counted_fail_at(1);
    CHECK(aos_task_loop_set(task, loop_first, 1) == NULL);
    counted_fail_at(1);
    CHECK(aos_task_handler_set(task, count, PING) != 0);
    aos_task_free(task);
    counted_check();
}
