/* main.c - requests that are forgotten, and work that is spawned on a pool
 * SPDX-License-Identifier: MIT
 *
 * Who writes a line into a log does not wait until it is written, nor look at
 * what came of it: it allocates the request, sends it, and forgets it. When it
 * is settled, whatever happened, its memory goes back by itself.
 *
 * A service that is asked for what takes long spawns it as a job on a pool of
 * threads, answers other requests meanwhile, and answers this one when the job
 * has come back, as a message.
 */
#include <stdio.h>

#include "weft/weft.h"

/* --- the log -------------------------------------------------------------- */

enum { LOG_WRITE };
WEFT_REQUEST(log_write, LOG_WRITE, char text[24];);

static int answer_write(weft_service_t *service, weft_request_t *request)
{
    (void)service;
    printf("log: %s\n", log_write_of(request)->text);
    return WEFT_OK;
}

static const weft_handler_t log_handlers[] = {{LOG_WRITE, 0, answer_write}};
static const weft_service_type_t log_type = {
    .name = "log", .handlers = log_handlers, .handlers_count = 1};

/* Where its requests come from: here a few places, elsewhere the heap (NULL in
 * place of this allocator). All that use it run on one loop. */
static struct log_write places[4];
static bool taken[4];

static void *place(void *ctx, void *pointer, size_t old_size, size_t size)
{
    (void)ctx;
    (void)old_size;
    for (int i = 0; i < 4; i++) {
        if (size == 0 && pointer == &places[i]) {
            taken[i] = false;
        } else if (size > 0 && !taken[i]) {
            taken[i] = true;
            return &places[i];
        }
    }
    return NULL;
}
static const weft_allocator_t allocator = {.resize = place};

static int places_taken(void)
{
    return taken[0] + taken[1] + taken[2] + taken[3];
}

static weft_service_t log_service;
static weft_forget_t forget;

static int log_line(const char *text)
{
    struct log_write *line = (struct log_write *)allocator.resize(
        allocator.ctx, NULL, 0, sizeof(*line));

    if (line == NULL) {
        return WEFT_ERR_MEMORY;
    }
    *line = (struct log_write){0};
    (void)snprintf(line->text, sizeof(line->text), "%s", text);
    weft_future_forget(&line->request, &forget);
    return log_write_send(&log_service, line); /* nobody has to look at this */
}

/* --- a service with long work --------------------------------------------- */

enum { PRIMES_COUNT, PRIMES_HELLO, PRIMES_COUNTED };
WEFT_REQUEST(primes_count, PRIMES_COUNT, int below, count;);

struct primes {
    weft_service_t service;
    weft_executor_t *pool;
    weft_reply_t counted;
    struct counting {
        weft_job_t job;
        weft_kept_t kept;
        int below;
        int count;
        bool running;
    } counting;
};

static struct primes *primes_of(weft_service_t *service)
{
    return WEFT_CONTAINER_OF(service, struct primes, service);
}

static bool is_prime(int n)
{
    for (int i = 2; i * i <= n; i++) {
        if (n % i == 0) {
            return false;
        }
    }
    return n > 1;
}

/* On the pool, once. It sees nothing of the service but its own struct. */
static int count(weft_job_t *job)
{
    struct counting *self = WEFT_CONTAINER_OF(job, struct counting, job);

    for (int n = 0; n < self->below; n++) {
        self->count += is_prime(n);
    }
    return WEFT_OK;
}

static int on_start(weft_service_t *service, weft_request_t *request)
{
    (void)request;
    weft_reply_init(&primes_of(service)->counted, service, PRIMES_COUNTED,
                    NULL);
    return WEFT_OK;
}

static int begin_count(weft_service_t *service, weft_request_t *request)
{
    struct primes *self = primes_of(service);
    struct counting *counting = &self->counting;

    if (counting->running) {
        return WEFT_ERR_BUSY;
    }
    counting->running = true;
    counting->below = primes_count_of(request)->below;
    counting->count = 0;
    weft_request_reply(&counting->job.future, &self->counted);
    (void)weft_job_start(self->pool, &counting->job, count);
    return weft_request_keep(service, request, &counting->kept);
}

/* The job's future has come back. */
static int end_count(weft_service_t *service, weft_request_t *future)
{
    struct counting *counting = &primes_of(service)->counting;
    weft_request_t *request = weft_kept_take(&counting->kept);

    counting->running = false;
    if (request != NULL) {
        primes_count_of(request)->count = counting->count;
        weft_request_settle(request, weft_future_result(future));
    }
    return WEFT_OK;
}

/* What the pool has of the service must be back before it goes. */
static int on_stop(weft_service_t *service, weft_request_t *request)
{
    (void)request;
    return primes_of(service)->counting.running ? WEFT_ERR_BUSY : WEFT_OK;
}

static int say_hello(weft_service_t *service, weft_request_t *request)
{
    (void)service;
    (void)request;
    return WEFT_OK;
}

static const weft_handler_t primes_handlers[] = {
    {PRIMES_COUNT, 0, begin_count},
    {PRIMES_HELLO, 0, say_hello},
    {PRIMES_COUNTED, 0, end_count},
};
static const weft_service_type_t primes_type = {
    .name = "primes",
    .handlers = primes_handlers,
    .handlers_count = 3,
    .on_start = on_start,
    .on_stop = on_stop,
};

/* --- who uses them -------------------------------------------------------- */

static weft_pool_t pool;
static struct primes primes = {.pool = &pool.executor};

struct user {
    weft_task_t task;
    weft_await_t await;
    weft_request_t request;
    struct primes_count count;
};
WEFT_TASK(user)
{
    int rc;

    WEFT_BEGIN;
    WEFT_AWAIT(weft_call, &log_service, WEFT_SERVICE_START, &self->request);
    WEFT_AWAIT(weft_call, &primes.service, WEFT_SERVICE_START, &self->request);

    (void)log_line("first");
    (void)log_line("second");
    printf("%d lines on their way\n", places_taken());

    self->count.below = 10000;
    (void)primes_count_send(&primes.service, &self->count);
    WEFT_AWAIT_RC(rc, weft_call, &primes.service, PRIMES_HELLO, &self->request);
    printf("hello, while it counts: %s\n", weft_error_text(rc));
    WEFT_AWAIT_RC(rc, weft_future_await, &self->count.request);
    printf("%d primes below %d: %s\n", self->count.count, self->count.below,
           weft_error_text(rc));

    WEFT_AWAIT(weft_call, &primes.service, WEFT_SERVICE_STOP, &self->request);
    WEFT_AWAIT(weft_call, &log_service, WEFT_SERVICE_STOP, &self->request);
    rc = log_line("too late");
    printf("after the stop: %s, %d lines on their way\n", weft_error_text(rc),
           places_taken());
    WEFT_END;
}

int main(void)
{
    static weft_pool_worker_t worker;
    static weft_loop_t loop;
    static struct user user;
    int rc;

    weft_pool_init(&pool,
                   &(weft_pool_config_t){.workers = &worker, .count = 1});
    if (weft_pool_start(&pool, 1) < 0) {
        fprintf(stderr, "no threads\n");
        return 1;
    }
    weft_loop_init(&loop, NULL);
    weft_forget_init(&forget, &allocator, sizeof(struct log_write));
    (void)weft_service_init(&log_service, &log_type, &loop.executor);
    (void)weft_service_init(&primes.service, &primes_type, &loop.executor);
    rc = weft_loop_run_task(&loop, user_task(&user));
    weft_pool_stop(&pool);
    weft_pool_join(&pool);
    weft_pool_deinit(&pool);
    return rc;
}
