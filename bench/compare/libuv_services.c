/* libuv_services.c - the peer libuv: a request to a service, and the answer
 * SPDX-License-Identifier: MIT
 *
 * As its users do it: a list under a mutex, since several calls of
 * uv_async_send may give one callback, and an async handle for each side.
 */
#define _POSIX_C_SOURCE 200809L

#include <uv.h>

#include "bench/bench.h"

typedef struct side side_t;

struct request {
    struct request *next;
    side_t *asker;
    int a, b, sum;
};

/* One that gets requests, or answers. */
struct side {
    uv_async_t async;
    uv_mutex_t mutex;
    struct request *first;
    struct request **end;
    void (*handle)(side_t *self, struct request *request);
    side_t *other;
    size_t left;
};

static void post(side_t *to, struct request *request)
{
    request->next = NULL;
    uv_mutex_lock(&to->mutex);
    *to->end = request;
    to->end = &request->next;
    uv_mutex_unlock(&to->mutex);
    (void)uv_async_send(&to->async);
}

static void on_async(uv_async_t *async)
{
    side_t *self = async->data;
    struct request *list;

    uv_mutex_lock(&self->mutex);
    list = self->first;
    self->first = NULL;
    self->end = &self->first;
    uv_mutex_unlock(&self->mutex);
    while (list != NULL) {
        struct request *request = list;

        list = list->next;
        self->handle(self, request);
    }
}

static void on_closed(uv_handle_t *handle)
{
    uv_mutex_destroy(&((side_t *)handle->data)->mutex);
}

static void side_close(side_t *self)
{
    uv_close((uv_handle_t *)&self->async, on_closed);
}

/* No asker: there are no more requests. */
static void serve(side_t *self, struct request *request)
{
    if (request->asker == NULL) {
        side_close(self);
        return;
    }
    request->sum = request->a + request->b;
    post(request->asker, request);
}

static void answered(side_t *self, struct request *request)
{
    if (request->sum != request->a + request->b) {
        abort();
    }
    if (self->left == 0) {
        request->asker = NULL;
        side_close(self);
    } else {
        self->left--;
        request->a++;
    }
    post(self->other, request);
}

static void side_open(side_t *self, uv_loop_t *loop,
                      void (*handle)(side_t *, struct request *))
{
    (void)uv_async_init(loop, &self->async, on_async);
    self->async.data = self;
    (void)uv_mutex_init(&self->mutex);
    self->first = NULL;
    self->end = &self->first;
    self->handle = handle;
}

struct both {
    side_t service, asker;
    struct request request;
};

static void begin(struct both *both, uv_loop_t *service, uv_loop_t *asker,
                  size_t n)
{
    side_open(&both->service, service, serve);
    side_open(&both->asker, asker, answered);
    both->asker.other = &both->service;
    both->asker.left = n - 1;
    both->request = (struct request){.asker = &both->asker, .a = 1, .b = 2};
    post(&both->service, &both->request);
}

static double same_round(void *ctx, size_t n)
{
    struct both both;
    uv_loop_t *loop = ctx;
    double from = bench_now();

    begin(&both, loop, loop, n);
    (void)uv_run(loop, UV_RUN_DEFAULT);
    return bench_now() - from;
}

static void run_loop(void *ctx)
{
    (void)uv_run(ctx, UV_RUN_DEFAULT);
}

static double two_round(void *ctx, size_t n)
{
    struct both both;
    uv_loop_t other;
    uv_thread_t thread;
    double from;

    (void)uv_loop_init(&other);
    from = bench_wall();
    begin(&both, &other, ctx, n);
    (void)uv_thread_create(&thread, run_loop, &other);
    (void)uv_run(ctx, UV_RUN_DEFAULT);
    (void)uv_thread_join(&thread);
    from = bench_wall() - from;
    (void)uv_loop_close(&other);
    return from;
}

int main(void)
{
    uv_loop_t *loop = uv_default_loop();

    bench_who = "libuv";
    bench_run("service_call", same_round, loop, 200000);
    bench_run("service_call_cross", two_round, loop, 30000);
    return 0;
}
