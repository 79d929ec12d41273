/* services.c - cost of requests: round trips on one thread, futures, jobs
 * SPDX-License-Identifier: MIT
 *
 * What takes two threads is in services_2t.c.
 */
#define _POSIX_C_SOURCE 200809L

#include "bench/bench.h"
#include "bench/services.h"
#include "weft/fiber.h"
#include "weft/job.h"
#include "weft/pool.h"

enum { STACK = 8192 };

enum { ANSWER = ADD + 1, INQUIRE };

static weft_loop_t loop;
static weft_stack_pool_t stacks;
static weft_service_t service;

static void settle(void)
{
    for (int turn = 0; turn < 8; turn++) {
        (void)weft_loop_step(&loop);
    }
}

static void start(weft_service_t *what, const weft_service_type_t *type)
{
    service_start(what, type, &loop.executor);
    settle();
}

static void stop(weft_service_t *what)
{
    weft_request_t request = WEFT_FUTURE_INIT;

    (void)weft_service_stop(what, &request);
    while (!weft_future_settled(&request)) {
        settle();
    }
}

/* --- who asks: a task, a fiber ------------------------------------------- */

static double task_round(void *ctx, size_t n)
{
    static struct asker asker;
    double begin = bench_now();

    asker = (struct asker){.service = ctx, .left = n};
    (void)weft_loop_run_task(&loop, asker_task(&asker));
    return bench_now() - begin;
}

static double fiber_round(void *ctx, size_t n)
{
    struct asking asking = {ctx, n};
    weft_fiber_t fiber;
    double begin = bench_now();

    weft_fiber_init_pooled(&fiber, "asker", &stacks);
    (void)weft_loop_run_task(&loop, weft_fiber_task(&fiber, asks, &asking));
    return bench_now() - begin;
}

/* --- a callback, and an answer as a message ------------------------------- */

/* Waits for the last answer of those who do not. */
struct waiter {
    weft_task_t task;
    weft_await_t await;
    weft_future_t last;
};

WEFT_TASK(waiter)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_future_await, &self->last);
    WEFT_END;
}

static struct waiter waiter;

struct resent {
    struct add call;
    weft_service_t *service;
    size_t left;
};

static void again(struct resent *resent)
{
    check(&resent->call);
    if (resent->left == 0) {
        (void)weft_future_resolve(&waiter.last);
        return;
    }
    resent->left--;
    resent->call.a++;
    (void)add_send(resent->service, &resent->call);
}

static void answered(weft_future_t *future)
{
    again((struct resent *)(void *)future);
}

static double resent_round(struct resent *resent, size_t n)
{
    double begin = bench_now();

    weft_future_init(&waiter.last);
    resent->left = n - 1;
    (void)add_send(resent->service, &resent->call);
    (void)weft_loop_run_task(&loop, waiter_task(&waiter));
    return bench_now() - begin;
}

static double callback_round(void *ctx, size_t n)
{
    static struct resent resent;

    resent = (struct resent){.service = ctx, .call = {.a = 1, .b = 2}};
    weft_future_then(&resent.call.request, answered);
    return resent_round(&resent, n);
}

static int handle_answer(weft_service_t *self, weft_request_t *request)
{
    (void)self;
    again((struct resent *)(void *)request);
    return WEFT_OK;
}

static double reply_round(void *ctx, size_t n)
{
    static const weft_handler_t handlers[] = {{ANSWER, 0, handle_answer}};
    static const weft_service_type_t type = {
        .name = "asker", .handlers = handlers, .handlers_count = 1};
    static weft_service_t asker;
    static struct resent resent;
    weft_reply_t reply = {0};
    double time;

    start(&asker, &type);
    weft_reply_init(&reply, &asker, ANSWER, NULL);
    resent = (struct resent){.service = ctx, .call = {.a = 1, .b = 2}};
    weft_request_reply(&resent.call.request, &reply);
    time = resent_round(&resent, n);
    weft_reply_deinit(&reply);
    stop(&asker);
    return time;
}

/* --- by way of another service -------------------------------------------- */

static int pass_on(weft_service_t *self, weft_request_t *request)
{
    return weft_request_forward(self, request, &service, ADD);
}

/* What the first service asks the second, which answers both. */
struct inquiry {
    weft_request_t request;
    weft_kept_t kept;
    struct add *call;
};

static struct inquiry inquiry;
static weft_service_t answerer;

static int keep(weft_service_t *self, weft_request_t *request)
{
    int rc = weft_request_keep(self, request, &inquiry.kept);

    inquiry.call = add_of(request);
    (void)weft_service_send(&answerer, INQUIRE, &inquiry.request);
    return rc;
}

/* On this one thread, who asked goes on when this has returned. */
static int inquire(weft_service_t *self, weft_request_t *request)
{
    (void)self;
    (void)request;
    inquiry.call->sum = inquiry.call->a + inquiry.call->b;
    (void)weft_kept_settle(&inquiry.kept, WEFT_OK);
    return WEFT_OK;
}

static const weft_handler_t answerer_handlers[] = {{INQUIRE, 0, inquire}};
static const weft_service_type_t answers = {
    .name = "answerer", .handlers = answerer_handlers, .handlers_count = 1};

static void by_way_of(const char *name, weft_handler_fn *fn)
{
    const weft_handler_t handlers[] = {{ADD, 0, fn}};
    const weft_service_type_t type = {
        .name = "front", .handlers = handlers, .handlers_count = 1};
    static weft_service_t front;

    start(&front, &type);
    bench_run(name, task_round, &front, 2000000);
    stop(&front);
}

/* --- four to one ---------------------------------------------------------- */

/* Sends a window of requests, then waits for the last, which is answered when
 * the others are. */
struct sender {
    weft_task_t task;
    weft_await_t await;
    weft_service_t *service;
    size_t left;
    struct add call[WINDOW];
};

static void send_window(weft_service_t *to, struct add *call)
{
    for (int i = 0; i < WINDOW; i++) {
        call[i].a = i;
        (void)add_send(to, &call[i]);
    }
}

WEFT_TASK(sender)
{
    WEFT_BEGIN;
    for (; self->left >= WINDOW; self->left -= WINDOW) {
        send_window(self->service, self->call);
        WEFT_AWAIT(weft_future_await, &self->call[WINDOW - 1].request);
    }
    WEFT_END;
}

struct crowd {
    struct sender sender[SENDERS];
};

static double four_round(void *ctx, size_t n)
{
    static struct crowd crowd;
    double begin = bench_now();

    for (int i = 0; i < SENDERS; i++) {
        crowd.sender[i] = (struct sender){.service = ctx, .left = n / SENDERS};
        if (i + 1 < SENDERS) {
            (void)weft_spawn(&loop.executor, sender_task(&crowd.sender[i]));
        }
    }
    (void)weft_loop_run_task(&loop, sender_task(&crowd.sender[SENDERS - 1]));
    begin = bench_now() - begin;
    settle();
    return begin;
}

/* --- futures and jobs ----------------------------------------------------- */

struct settler {
    weft_task_t task;
    weft_await_t await;
    weft_future_t future;
    size_t left;
};

WEFT_TASK(settler)
{
    WEFT_BEGIN;
    for (; self->left > 0; self->left--) {
        weft_future_init(&self->future);
        (void)weft_future_resolve(&self->future);
        WEFT_AWAIT(weft_future_await, &self->future);
    }
    WEFT_END;
}

static double settle_round(void *ctx, size_t n)
{
    static struct settler settler;
    double begin = bench_now();

    (void)ctx;
    settler.left = n;
    (void)weft_loop_run_task(&loop, settler_task(&settler));
    return bench_now() - begin;
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

struct employer {
    weft_pool_task_t task;
    weft_await_t await;
    weft_pool_t *pool;
    struct worked worked;
    size_t left;
};

WEFT_TASK(employer)
{
    WEFT_BEGIN;
    for (; self->left > 0; self->left--) {
        (void)weft_job_start(&self->pool->executor, &self->worked.job, work);
        WEFT_AWAIT(weft_future_await, &self->worked.job.future);
    }
    WEFT_END;
}

static double job_round(void *ctx, size_t n)
{
    static struct employer employer;
    weft_pool_t *pool = ctx;
    double begin = bench_now();

    employer = (struct employer){.pool = pool, .left = n};
    (void)weft_spawn(&pool->executor, employer_task(&employer));
    (void)weft_task_join(weft_pool_task(&employer.task));
    return bench_now() - begin;
}

static void jobs(void)
{
    static weft_pool_t pool;
    static weft_pool_worker_t worker;

    (void)weft_pool_init(&pool,
                         &(weft_pool_config_t){.workers = &worker, .count = 1});
    (void)weft_pool_start(&pool, 1);
    bench_run("job_1t", job_round, &pool, 2000000);
    weft_pool_stop(&pool);
    (void)weft_pool_join(&pool);
    weft_pool_deinit(&pool);
}

/* --- memory --------------------------------------------------------------- */

/* The program is linked so that these see all allocations. */
static size_t allocations;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);

void *__wrap_malloc(size_t size)
{
    allocations++;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    allocations++;
    return __real_calloc(count, size);
}

static void memory(void)
{
    enum { CALLS = 1000 };
    size_t before = allocations;

    (void)task_round(&service, CALLS);
    (void)callback_round(&service, CALLS);
    (void)reply_round(&service, CALLS);
    bench_value("service_allocations", (double)(allocations - before));
    bench_value("sizeof_request", sizeof(weft_request_t));
    bench_value("sizeof_service", sizeof(weft_service_t));
}

int main(void)
{
    (void)weft_loop_init(&loop, NULL);
    weft_stack_pool_init(&stacks, &(weft_stack_config_t){.size = STACK});
    start(&service, &adder);
    bench_run("service_call", task_round, &service, 2000000);
    bench_run("service_call_fiber", fiber_round, &service, 2000000);
    bench_run("service_callback", callback_round, &service, 2000000);
    bench_run("service_reply", reply_round, &service, 2000000);
    by_way_of("service_forward", pass_on);
    start(&answerer, &answers);
    by_way_of("service_kept", keep);
    stop(&answerer);
    bench_run("service_4to1", four_round, &service, 4000000);
    bench_run("future_settle", settle_round, NULL, 5000000);
    memory();
    stop(&service);
    jobs();
    return 0;
}
