/* services_2t.c - cost of requests on two threads: a pool, two loops, threads
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L

#include "bench/bench.h"
#include "bench/services.h"
#include "weft/job.h"
#include "weft/loop_thread.h"
#include "weft/pool.h"
#include "weft/strand.h"

static weft_service_t service;

/* From a thread that runs no executor. */
static void start(const weft_service_type_t *type, weft_executor_t *executor)
{
    weft_request_t request = WEFT_FUTURE_INIT;

    (void)weft_service_init(&service, type, executor);
    (void)weft_call(&service, WEFT_SERVICE_START, &request);
}

static void stop(void)
{
    weft_request_t request = WEFT_FUTURE_INIT;

    (void)weft_call(&service, WEFT_SERVICE_STOP, &request);
}

/* --- a pool of two, which runs both sides as it likes --------------------- */

static weft_pool_t pool;

struct pooled {
    weft_pool_task_t task;
    weft_await_t await;
    size_t left;
    struct add call;
};

WEFT_TASK(pooled)
{
    WEFT_BEGIN;
    self->call.b = 2;
    for (; self->left > 0; self->left--) {
        self->call.a = (int)(self->left % 1000);
        WEFT_AWAIT(add_call, &service, &self->call);
        check(&self->call);
    }
    WEFT_END;
}

static double pool_round(void *ctx, size_t n)
{
    static struct pooled asker;
    double begin = bench_wall();

    (void)ctx;
    asker.left = n;
    (void)weft_spawn(&pool.executor, pooled_task(&asker));
    (void)weft_task_join(weft_pool_task(&asker.task));
    return bench_wall() - begin;
}

/* Sends a window of requests, then waits for the last, which is answered when
 * the others are. */
struct sender {
    weft_pool_task_t task;
    weft_await_t await;
    size_t left;
    struct add call[WINDOW];
};

static void send_window(struct add *call)
{
    for (int i = 0; i < WINDOW; i++) {
        call[i].a = i;
        (void)add_send(&service, &call[i]);
    }
}

WEFT_TASK(sender)
{
    WEFT_BEGIN;
    for (; self->left >= WINDOW; self->left -= WINDOW) {
        send_window(self->call);
        WEFT_AWAIT(weft_future_await, &self->call[WINDOW - 1].request);
    }
    WEFT_END;
}

static double four_round(void *ctx, size_t n)
{
    static struct sender sender[SENDERS];
    double begin = bench_wall();

    (void)ctx;
    for (int i = 0; i < SENDERS; i++) {
        sender[i].left = n / SENDERS;
        (void)weft_spawn(&pool.executor, sender_task(&sender[i]));
    }
    for (int i = 0; i < SENDERS; i++) {
        (void)weft_task_join(weft_pool_task(&sender[i].task));
    }
    return bench_wall() - begin;
}

static void on_a_pool(void)
{
    static weft_pool_worker_t workers[2];
    static weft_strand_t strand;

    (void)weft_pool_init(&pool,
                         &(weft_pool_config_t){.workers = workers, .count = 2});
    (void)weft_pool_start(&pool, 2);
    start(&adder, &pool.executor);
    bench_run("service_call_2t", pool_round, NULL, 1000000);
    bench_run("service_4to1_2t", four_round, NULL, 4000000);
    stop();
    weft_strand_init(&strand, &pool.executor);
    start(&adder, &strand.executor);
    bench_run("service_call_strand", pool_round, NULL, 1000000);
    stop();
    weft_pool_stop(&pool);
    (void)weft_pool_join(&pool);
    weft_pool_deinit(&pool);
}

/* --- each side with a loop and a thread of its own ------------------------ */

static weft_loop_t here;
static weft_loop_thread_t there;

static double cross_round(void *ctx, size_t n)
{
    static struct asker asker;
    double begin = bench_wall();

    (void)ctx;
    asker.service = &service;
    asker.left = n;
    (void)weft_loop_run_task(&here, asker_task(&asker));
    return bench_wall() - begin;
}

/* The same, asked by a thread that has no loop. */
static double thread_round(void *ctx, size_t n)
{
    struct asking asking = {&service, n};
    double begin = bench_wall();

    (void)ctx;
    (void)asks(&asking);
    return bench_wall() - begin;
}

struct worked {
    weft_job_t job;
    size_t value;
};

static int work(weft_job_t *job)
{
    ((struct worked *)(void *)job)->value++;
    return WEFT_OK;
}

static double job_round(void *ctx, size_t n)
{
    struct worked worked = {0};
    double begin = bench_wall();

    (void)ctx;
    for (; n > 0; n--) {
        (void)weft_job_start(&there.loop.executor, &worked.job, work);
        (void)weft_future_await(&worked.job.future);
    }
    return bench_wall() - begin;
}

static void on_threads(void)
{
    static const weft_service_type_t blocking = {
        .name = "adder",
        .handlers = adder_handlers,
        .handlers_count = 1,
        .flags = WEFT_SERVICE_BLOCKING,
    };

    (void)weft_loop_init(&here, NULL);
    (void)weft_loop_thread_start(&there, NULL);
    start(&adder, &there.loop.executor);
    bench_run("service_call_cross", cross_round, NULL, 200000);
    stop();
    start(&blocking, &there.loop.executor);
    bench_run("service_call_thread", thread_round, NULL, 30000);
    stop();
    bench_run("job_thread", job_round, NULL, 30000);
    weft_loop_thread_stop(&there);
    weft_loop_thread_join(&there);
}

int main(void)
{
    on_a_pool();
    on_threads();
    return 0;
}
