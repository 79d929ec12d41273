/* queues.c - the peer "queues": tasks of an RTOS that ask by queues
 * SPDX-License-Identifier: MIT
 *
 * What a FreeRTOS program does, on pthreads: a bounded queue that copies its
 * items for the service, one for the answers of each asker, and tasks that
 * block on them. "Same thread" is the two threads on one core.
 */
#define _GNU_SOURCE

#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "bench/bench.h"

enum { LENGTH = 8, LONG = 128, SENDERS = 4 };

struct queue;

struct item {
    struct queue *answer; /* NULL: there are no more */
    int a, b;
};

struct queue {
    pthread_mutex_t mutex;
    pthread_cond_t not_empty, not_full;
    unsigned length, first, count;
    struct item items[LONG];
};

static void queue_init(struct queue *queue, unsigned length)
{
    memset(queue, 0, sizeof(*queue));
    (void)pthread_mutex_init(&queue->mutex, NULL);
    (void)pthread_cond_init(&queue->not_empty, NULL);
    (void)pthread_cond_init(&queue->not_full, NULL);
    queue->length = length;
}

static void queue_deinit(struct queue *queue)
{
    (void)pthread_mutex_destroy(&queue->mutex);
    (void)pthread_cond_destroy(&queue->not_empty);
    (void)pthread_cond_destroy(&queue->not_full);
}

static void queue_send(struct queue *queue, const struct item *item)
{
    (void)pthread_mutex_lock(&queue->mutex);
    while (queue->count == queue->length) {
        (void)pthread_cond_wait(&queue->not_full, &queue->mutex);
    }
    queue->items[(queue->first + queue->count++) % queue->length] = *item;
    (void)pthread_mutex_unlock(&queue->mutex);
    (void)pthread_cond_signal(&queue->not_empty);
}

static void queue_receive(struct queue *queue, struct item *item)
{
    (void)pthread_mutex_lock(&queue->mutex);
    while (queue->count == 0) {
        (void)pthread_cond_wait(&queue->not_empty, &queue->mutex);
    }
    *item = queue->items[queue->first];
    queue->first = (queue->first + 1) % queue->length;
    queue->count--;
    (void)pthread_mutex_unlock(&queue->mutex);
    (void)pthread_cond_signal(&queue->not_full);
}

static void *serve(void *ctx)
{
    struct queue *requests = ctx;
    struct item item;

    for (;;) {
        queue_receive(requests, &item);
        if (item.answer == NULL) {
            return NULL;
        }
        item.a += item.b;
        queue_send(item.answer, &item);
    }
}

static void ask(struct queue *requests, struct queue *answers, size_t n)
{
    struct item item;

    for (size_t i = 0; i < n; i++) {
        int a = (int)(i % 1000);

        item = (struct item){answers, a, 2};
        queue_send(requests, &item);
        queue_receive(answers, &item);
        if (item.a != a + 2) {
            abort();
        }
    }
    item.answer = NULL;
    queue_send(requests, &item);
}

static double call_round(void *ctx, size_t n)
{
    clockid_t clock = *(const clockid_t *)ctx;
    struct queue requests, answers;
    pthread_t thread;
    double from;

    queue_init(&requests, LENGTH);
    queue_init(&answers, 1);
    from = bench_clock(clock);
    (void)pthread_create(&thread, NULL, serve, &requests);
    ask(&requests, &answers, n);
    (void)pthread_join(thread, NULL);
    from = bench_clock(clock) - from;
    queue_deinit(&requests);
    queue_deinit(&answers);
    return from;
}

/* --- four send, one handles, nobody answers ------------------------------- */

struct sender {
    pthread_t thread;
    struct queue *to;
    size_t left;
};

static void *sends(void *ctx)
{
    struct sender *self = ctx;

    for (; self->left > 0; self->left--) {
        struct item item = {NULL, (int)(self->left % 1000), 2};

        queue_send(self->to, &item);
    }
    return NULL;
}

static double four_round(void *ctx, size_t n)
{
    clockid_t clock = *(const clockid_t *)ctx;
    struct sender sender[SENDERS];
    struct queue requests;
    struct item item;
    uint64_t sum = 0;
    double from;

    queue_init(&requests, LONG);
    from = bench_clock(clock);
    for (int i = 0; i < SENDERS; i++) {
        sender[i].to = &requests;
        sender[i].left = n / SENDERS;
        (void)pthread_create(&sender[i].thread, NULL, sends, &sender[i]);
    }
    for (size_t left = n / SENDERS * SENDERS; left > 0; left--) {
        queue_receive(&requests, &item);
        sum += (unsigned)(item.a + item.b);
    }
    for (int i = 0; i < SENDERS; i++) {
        (void)pthread_join(sender[i].thread, NULL);
    }
    from = bench_clock(clock) - from;
    queue_deinit(&requests);
    return sum == 0 ? 0 : from;
}

/* Threads made from now on run on one core. */
static void one_core(cpu_set_t *all)
{
    cpu_set_t one;
    int core = 0;

    (void)sched_getaffinity(0, sizeof(*all), all);
    while (!CPU_ISSET(core, all)) {
        core++;
    }
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    (void)sched_setaffinity(0, sizeof(one), &one);
}

int main(void)
{
    clockid_t cpu = CLOCK_PROCESS_CPUTIME_ID, wall = CLOCK_MONOTONIC;
    cpu_set_t all;

    bench_who = "queues";
    one_core(&all);
    bench_run("service_call", call_round, &cpu, 100000);
    bench_run("service_4to1", four_round, &cpu, 1000000);
    (void)sched_setaffinity(0, sizeof(all), &all);
    bench_run("service_call_cross", call_round, &wall, 30000);
    bench_run("service_4to1_2t", four_round, &wall, 1000000);
    return 0;
}
