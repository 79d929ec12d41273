/* test_aos_life.c - starts and stops, whatever their order; what is left
 * SPDX-License-Identifier: MIT
 */
#include "tests/bindings/asyncrtos/counted.h"

enum { PING, BACK, SLOW };

struct life {
    aos_task_hook_t hook;
    unsigned starts, stops, pings;
    unsigned fail_start, refuse_stop; /* so many times */
    bool silent;                      /* hooks do not resolve */
    aos_future_t *future;             /* that a hook has kept */
    aos_future_t *gate;               /* that the start hook waits for */
};

static unsigned on_start(aos_task_t *task, aos_future_t *future)
{
    struct life *life = aos_task_args_get(task);

    life->starts++;
    (void)weft_sleep(WEFT_MS(1));
    if (life->gate != NULL) {
        aos_await(life->gate);
    }
    if (life->silent) {
        life->future = future;
    } else {
        aos_resolve(future);
        CHECK(aos_isresolved(future));
    }
    return life->fail_start > 0 ? life->fail_start-- : 0;
}

static unsigned on_stop(aos_task_t *task, aos_future_t *future)
{
    struct life *life = aos_task_args_get(task);

    CHECK(!aos_task_isstopping(task));
    life->stops++;
    (void)weft_sleep(WEFT_MS(1));
    if (life->silent) {
        life->future = future;
    } else {
        aos_resolve(future);
    }
    return life->refuse_stop > 0 ? life->refuse_stop-- : 0;
}

static void ping(aos_task_t *task, aos_future_t *future)
{
    struct life *life = aos_task_args_get(task);

    life->pings++;
    aos_resolve(future);
}

static const aos_task_handler_entry_t table[] = {{PING, ping}};

static aos_task_t *make(struct life *life, bool hooks)
{
    aos_task_t *task = aos_task_alloc(&(aos_task_config_t){
        .args = life,
        .onstart = hooks ? on_start : NULL,
        .onstop = hooks ? on_stop : NULL,
        .handlers = table,
        .handlers_count = 1,
    });

    CHECK(task != NULL);
    return task;
}

static void done(aos_task_t *task)
{
    CHECK(aos_task_isstopping(task));
    aos_task_free(task);
    counted_check();
}

CASE(hooks_are_called_once_however_often_one_starts_and_stops)
{
    struct life life = {0};
    aos_task_t *task = make(&life, true);

    CHECK(aos_task_isstopping(task));
    CHECK(stop_task(task));
    START_OR_SKIP(task);
    CHECK(!aos_task_isstopping(task));
    CHECK(start_task(task));
    CHECK(send_task(task, PING));
    CHECK(stop_task(task));
    CHECK(stop_task(task));
    CHECK_EQ(life.starts, 1);
    CHECK_EQ(life.stops, 1);
    CHECK_EQ(life.pings, 1);
    done(task);
}

CASE(starts_and_stops_at_once_all_succeed)
{
    struct life life = {0};
    aos_task_t *task = make(&life, true);
    aos_future_t *futures[6];
    int i;

    for (i = 0; i < 3; i++) {
        futures[i] = aos_task_start(task, aos_awaitable_alloc(0));
    }
    if (!aos_isresolved(aos_await(futures[0]))) {
        for (i = 0; i < 3; i++) {
            (void)await_free(futures[i]);
        }
        aos_task_free(task);
        SKIP("no thread is left");
    }
    for (i = 3; i < 6; i++) {
        futures[i] = aos_task_stop(task, aos_awaitable_alloc(0));
    }
    for (i = 0; i < 6; i++) {
        CHECK(await_free(futures[i]));
    }
    CHECK_EQ(life.starts, 1);
    CHECK_EQ(life.stops, 1);
    done(task);
}

CASE(what_is_sent_behind_a_start_waits_for_the_hook)
{
    struct life life = {0};
    aos_task_t *task = make(&life, true);
    aos_future_t *start = aos_task_start(task, aos_awaitable_alloc(0));
    bool pinged = send_task(task, PING);

    if (!await_free(start)) {
        aos_task_free(task);
        SKIP("no thread is left");
    }
    CHECK(pinged);
    CHECK(stop_task(task));
    done(task);
}

CASE(a_task_that_does_not_run_rejects)
{
    struct life life = {0};
    aos_task_t *task = make(&life, false);

    CHECK(!send_task(task, PING));
    START_OR_SKIP(task);
    CHECK(send_task(task, PING));
    CHECK(stop_task(task));
    CHECK(!send_task(task, PING));
    CHECK_EQ(life.pings, 1);
    done(task);
}

CASE(a_task_is_started_again_and_again)
{
    struct life life = {0};
    aos_task_t *task = make(&life, true);
    unsigned i;

    for (i = 1; i < 5; i++) {
        START_OR_SKIP(task);
        CHECK(send_task(task, PING));
        CHECK(stop_task(task));
        CHECK_EQ(life.pings, i);
    }
    CHECK_EQ(life.starts, 4);
    done(task);
}

CASE(a_start_behind_a_stop_starts_it_again)
{
    struct life life = {0};
    aos_task_t *task = make(&life, true);
    aos_future_t *stop;
    aos_future_t *start;

    START_OR_SKIP(task);
    stop = aos_task_stop(task, aos_awaitable_alloc(0));
    start = aos_task_start(task, aos_awaitable_alloc(0));
    CHECK(await_free(stop));
    CHECK(await_free(start));
    CHECK(send_task(task, PING));
    CHECK(stop_task(task));
    CHECK_EQ(life.starts, 2);
    CHECK_EQ(life.stops, 2);
    done(task);
}

CASE(starts_and_stops_take_effect_in_their_order)
{
    struct life life = {0};
    aos_task_t *task = make(&life, true);
    aos_future_t *futures[5];
    int i;

    START_OR_SKIP(task);
    for (i = 0; i < 5; i++) {
        futures[i] = i % 2 == 0 ? aos_task_stop(task, aos_awaitable_alloc(0))
                                : aos_task_start(task, aos_awaitable_alloc(0));
    }
    for (i = 0; i < 5; i++) {
        CHECK(await_free(futures[i]));
    }
    CHECK_EQ(life.starts, 3);
    CHECK_EQ(life.stops, 3);
    done(task);
}

/* --- hooks that fail ------------------------------------------------------ */

CASE(a_start_hook_that_fails_ends_the_task_and_what_is_queued)
{
    struct life life = {.fail_start = 1, .silent = true};
    aos_task_t *task = make(&life, true);
    aos_future_t *futures[10];
    aos_future_t *start = aos_task_start(task, aos_awaitable_alloc(0));
    int i;

    for (i = 0; i < 10; i++) {
        futures[i] = aos_task_send(task, PING, aos_awaitable_alloc(0));
    }
    CHECK(!await_free(start));
    for (i = 0; i < 10; i++) {
        CHECK(!await_free(futures[i]));
    }
    CHECK_EQ(life.pings, 0);
    life.silent = false;
    START_OR_SKIP(task);
    CHECK(send_task(task, PING));
    CHECK(stop_task(task));
    done(task);
}

CASE(starts_at_once_fail_together)
{
    struct life life = {.fail_start = 1, .gate = aos_awaitable_alloc(0)};
    aos_task_t *task = make(&life, true);
    aos_future_t *futures[3];
    int i;

    for (i = 0; i < 3; i++) {
        futures[i] = aos_task_start(task, aos_awaitable_alloc(0));
    }
    life.silent = true;
    aos_resolve(life.gate);
    for (i = 0; i < 3; i++) {
        CHECK(!await_free(futures[i]));
    }
    CHECK(life.starts <= 1);
    aos_awaitable_free(life.gate);
    done(task);
}

CASE(a_task_is_freed_when_its_hook_has_resolved_and_failed)
{
    struct life life = {.fail_start = 1};
    aos_task_t *task = make(&life, true);

    if (!start_task(task)) {
        aos_task_free(task);
        SKIP("no thread is left");
    }
    done(task);
}

CASE(a_stop_hook_that_refuses_leaves_it_serving)
{
    struct life life = {.refuse_stop = 1};
    aos_task_t *task = make(&life, true);

    START_OR_SKIP(task);
    CHECK(stop_task(task));
    CHECK(send_task(task, PING));
    life.refuse_stop = 1;
    life.silent = true;
    CHECK(!stop_task(task));
    life.silent = false;
    CHECK(send_task(task, PING));
    CHECK(stop_task(task));
    CHECK(!send_task(task, PING));
    done(task);
}

CASE(a_hook_keeps_its_future_for_later)
{
    struct life life = {.silent = true};
    aos_task_t *task = make(&life, true);
    aos_future_t *start = aos_task_start(task, aos_awaitable_alloc(0));
    aos_future_t *stop;

    if (!send_task(task, PING)) {
        CHECK(!await_free(start));
        aos_task_free(task);
        SKIP("no thread is left");
    }
    CHECK(!aos_isresolved(start));
    aos_resolve(life.future);
    CHECK(await_free(start));
    stop = aos_task_stop(task, aos_awaitable_alloc(0));
    CHECK(stop_task(task));
    CHECK(!aos_isresolved(stop));
    CHECK(life.future == stop);
    aos_resolve(stop);
    CHECK(await_free(stop));
    done(task);
}

/* --- the end -------------------------------------------------------------- */

static void free_task(aos_future_t *future)
{
    aos_task_free(aos_future_free(future));
}

CASE(a_task_is_freed_where_its_stop_ends)
{
    struct life life = {0};
    aos_task_t *task = make(&life, false);
    aos_future_config_t config = {free_task, task};

    START_OR_SKIP(task);
    (void)aos_task_stop(task, aos_future_alloc(&config, 0));
    counted_check();
}

static void start_again(aos_future_t *future)
{
    aos_task_t *task = aos_future_free(future);
    struct life *life = aos_task_args_get(task);

    (void)aos_task_start(task, life->future);
}

CASE(a_task_is_started_where_its_stop_ends)
{
    struct life life = {.future = aos_awaitable_alloc(0)};
    aos_task_t *task = make(&life, false);
    aos_future_config_t config = {start_again, task};

    if (!start_task(task)) {
        aos_awaitable_free(life.future);
        aos_task_free(task);
        SKIP("no thread is left");
    }
    (void)aos_task_stop(task, aos_future_alloc(&config, 0));
    CHECK(await_free(life.future));
    CHECK(send_task(task, PING));
    CHECK(stop_task(task));
    done(task);
}

static void stop_itself(aos_task_t *task, aos_future_t *future)
{
    (void)aos_task_stop(task, future);
}

CASE(a_handler_stops_its_own_task)
{
    struct life life = {0};
    aos_task_t *task = make(&life, false);

    aos_task_handler_set(task, stop_itself, BACK);
    START_OR_SKIP(task);
    CHECK(send_task(task, BACK));
    done(task);
}

CASE(a_running_task_is_not_freed)
{
    struct life life = {0};
    aos_task_t *task = make(&life, false);

    START_OR_SKIP(task);
    CHECK_DIES(aos_task_free(task), "not stopped");
    CHECK(stop_task(task));
    done(task);
}

CASE(what_is_queued_behind_a_stop_is_rejected)
{
    struct life life = {0};
    aos_task_t *task = make(&life, true);
    aos_future_t *before;
    aos_future_t *stop;
    aos_future_t *behind;

    START_OR_SKIP(task);
    before = aos_task_send(task, PING, aos_awaitable_alloc(0));
    stop = aos_task_stop(task, aos_awaitable_alloc(0));
    behind = aos_task_send(task, PING, aos_awaitable_alloc(0));
    CHECK(await_free(stop));
    CHECK(await_free(before));
    CHECK(!await_free(behind));
    CHECK_EQ(life.pings, 1);
    done(task);
}

struct sender {
    weft_port_thread_t thread;
    aos_task_t *task;
    unsigned resolved;
};

static void send_many(void *ctx)
{
    struct sender *sender = ctx;
    int i;

    for (i = 0; i < 20; i++) {
        sender->resolved += send_task(sender->task, PING) ? 1 : 0;
    }
}

CASE(a_stop_races_sends_with_a_slow_hook)
{
    struct life life = {0};
    aos_task_t *task = make(&life, true);
    struct sender sender = {.task = task};

    START_OR_SKIP(task);
    if (weft_port_thread_start(&sender.thread, send_many, &sender) < 0) {
        CHECK(stop_task(task));
        done(task);
        SKIP("no thread is left");
    }
    CHECK(stop_task(task));
    CHECK(start_task(task));
    CHECK(stop_task(task));
    weft_port_thread_join(&sender.thread);
    CHECK_EQ(life.pings, sender.resolved);
    done(task);
}

/* --- no memory, no thread ------------------------------------------------- */

CASE(no_memory_gives_no_task_and_no_start)
{
    struct life life = {0};
    aos_task_config_t config = {
        .name = "x", .handlers = table, .handlers_count = 1};
    aos_task_t *task = make(&life, false);
    aos_future_t *start = aos_awaitable_alloc(0);

    counted_fail_at(1);
    CHECK(aos_task_alloc(&config) == NULL);
    counted_fail_at(2);
    CHECK(aos_task_alloc(&config) == NULL);
    CHECK(aos_task_alloc(NULL) == NULL);
    counted_fail_at(1);
    CHECK(!await_free(aos_task_start(task, start)));
    CHECK(!send_task(task, PING));
    START_OR_SKIP(task);
    CHECK(send_task(task, PING));
    CHECK(stop_task(task));
    done(task);
}

CASE(a_table_that_is_none_gives_no_task)
{
    aos_task_config_t config = {.handlers_count = 2};

    CHECK(aos_task_alloc(&config) == NULL);
    counted_check();
}

CASE(a_handler_or_a_loop_of_no_task_is_an_assertion)
{
    CHECK_DIES(aos_task_handler_set(NULL, table[0].handler, 1), "no task");
    CHECK_DIES(aos_task_handler_unset(NULL, 1), "no task");
    CHECK_DIES((void)aos_task_loop_set(NULL, NULL, 1), "no task");
}

CASE(where_no_thread_is_left_a_start_is_rejected)
{
    enum { MANY = 12 };
    struct life life = {0};
    aos_task_t *tasks[MANY];
    bool started[MANY];
    int i;

    for (i = 0; i < MANY; i++) {
        tasks[i] = make(&life, false);
        started[i] = start_task(tasks[i]);
    }
    for (i = 0; i < MANY; i++) {
        CHECK(send_task(tasks[i], BACK) == false);
        CHECK_EQ(aos_task_isstopping(tasks[i]), !started[i]);
        CHECK(stop_task(tasks[i]));
        aos_task_free(tasks[i]);
    }
    counted_check();
}
