/* test_semaphore.c - permits: taken, given back, queued for, left
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"
#include "tests/support/handler.h"

struct wants {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_semaphore_t *semaphore;
    uint32_t n;
    uint64_t deadline_us;
    int *order;
    int got; /* as which one */
    int rc;
};
WEFT_TASK(wants)
{
    WEFT_BEGIN;
    if (self->deadline_us == 0) {
        WEFT_AWAIT_RC(self->rc, weft_semaphore_acquire, self->semaphore,
                      self->n);
    } else {
        WEFT_AWAIT_UNTIL(self->rc, self->deadline_us, weft_semaphore_acquire,
                         self->semaphore, self->n);
    }
    self->got = self->rc == 0 ? ++*self->order : 0;
    return self->rc;
    WEFT_END;
}

enum { QUEUE = WEFT_STEP + 4 };

struct queue {
    weft_loop_t loop;
    weft_semaphore_t semaphore;
    struct wants wants[QUEUE];
    int order;
};

static void queue_init(struct queue *queue, uint32_t permits)
{
    *queue = (struct queue){.order = 0};
    weft_semaphore_init(&queue->semaphore, permits, 100);
    weft_loop_init(&queue->loop, NULL);
}

static void want(struct queue *queue, int i, uint32_t n, uint64_t deadline_us)
{
    struct wants *wants = &queue->wants[i];

    *wants = (struct wants){.semaphore = &queue->semaphore,
                            .n = n,
                            .deadline_us = deadline_us,
                            .order = &queue->order,
                            .rc = 1};
    CHECK_EQ(weft_spawn(&queue->loop.executor, wants_task(wants)), 0);
    (void)weft_loop_step(&queue->loop);
}

/* A deadline that has passed; 0 is none here. */
static uint64_t past(void)
{
    CHECK_EQ(weft_sleep(WEFT_US(10)), 0);
    return weft_now_us() - 1;
}

static void step(struct queue *queue)
{
    for (int i = 0; i < 3; i++) {
        (void)weft_loop_step(&queue->loop);
    }
}

static void queue_deinit(struct queue *queue)
{
    weft_loop_stop(&queue->loop);
    CHECK_EQ(weft_loop_run(&queue->loop), 0);
    weft_loop_deinit(&queue->loop);
}

CASE(permits_are_taken_and_given_back)
{
    weft_semaphore_t semaphore = WEFT_SEMAPHORE_INIT(3, 5);

    CHECK_EQ(weft_semaphore_value(&semaphore), 3);
    CHECK_EQ(weft_semaphore_acquire(&semaphore, 2), 0);
    CHECK_EQ(weft_semaphore_try_acquire(&semaphore, 2), WEFT_ERR_EMPTY);
    CHECK_EQ(weft_semaphore_acquire_until(&semaphore, 2, past()),
             WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_semaphore_acquire_until(&semaphore, 1, past()), 0);
    weft_semaphore_release(&semaphore, 1);
    CHECK_EQ(weft_semaphore_try_acquire(&semaphore, 1), 0);
    CHECK_EQ(weft_semaphore_value(&semaphore), 0);
    weft_semaphore_release(&semaphore, 0);
    weft_semaphore_release(&semaphore, 5);
    CHECK_EQ(weft_semaphore_acquire(&semaphore, 5), 0);
}

CASE(who_wants_many_is_not_passed_by_who_wants_few)
{
    struct queue queue;

    queue_init(&queue, 2);
    want(&queue, 0, 3, 0);
    want(&queue, 1, 1, 0);
    CHECK_EQ(weft_semaphore_try_acquire(&queue.semaphore, 1), WEFT_ERR_EMPTY);
    CHECK_EQ(queue.order, 0);
    weft_semaphore_release(&queue.semaphore, 1);
    step(&queue);
    CHECK_EQ(queue.wants[0].got, 1);
    CHECK_EQ(queue.wants[1].rc, WEFT_PENDING);
    weft_semaphore_release(&queue.semaphore, 2);
    step(&queue);
    CHECK_EQ(queue.wants[1].got, 2);
    CHECK_EQ(weft_semaphore_value(&queue.semaphore), 1);
    queue_deinit(&queue);
}

CASE(a_release_serves_all_that_it_suffices_for)
{
    struct queue queue;

    queue_init(&queue, 0);
    for (int i = 0; i < QUEUE; i++) {
        want(&queue, i, 2, 0);
    }
    weft_semaphore_release(&queue.semaphore, 2 * QUEUE - 1);
    step(&queue);
    for (int i = 0; i < QUEUE - 1; i++) {
        CHECK_EQ(queue.wants[i].got, i + 1);
    }
    CHECK_EQ(queue.wants[QUEUE - 1].rc, WEFT_PENDING);
    weft_semaphore_release(&queue.semaphore, 1);
    step(&queue);
    CHECK_EQ(queue.order, QUEUE);
    CHECK_EQ(weft_semaphore_value(&queue.semaphore), 0);
    queue_deinit(&queue);
}

CASE(who_leaves_lets_those_behind_it_be_served)
{
    struct queue queue;

    queue_init(&queue, 2);
    want(&queue, 0, 3, 0);
    want(&queue, 1, 1, 0);
    want(&queue, 2, 1, 0);
    weft_task_cancel(&queue.wants[0].task);
    step(&queue);
    CHECK_EQ(queue.wants[0].rc, WEFT_ERR_CANCELLED);
    CHECK_EQ(queue.order, 2);
    want(&queue, 3, 9, past());
    CHECK_EQ(weft_semaphore_value(&queue.semaphore), 0);
    queue_deinit(&queue);
    CHECK_EQ(queue.wants[3].rc, WEFT_ERR_TIMEOUT);
}

CASE(a_cancelled_wait_that_was_served_has_its_permits)
{
    struct queue queue;

    queue_init(&queue, 0);
    want(&queue, 0, 1, 0);
    weft_semaphore_release(&queue.semaphore, 1);
    weft_task_cancel(&queue.wants[0].task);
    step(&queue);
    CHECK_EQ(queue.wants[0].rc, 0);
    CHECK_EQ(weft_semaphore_value(&queue.semaphore), 0);
    queue_deinit(&queue);
}

/* One permit among three who take it again and again, on one loop. */
struct user {
    weft_task_t task;
    weft_await_t await;
    weft_semaphore_t *semaphore;
    int left;
    int waits;
};
WEFT_TASK(user)
{
    WEFT_BEGIN;
    for (; self->left > 0; self->left--) {
        WEFT_AWAIT(weft_semaphore_acquire, self->semaphore, 1);
        self->waits += self->semaphore->waiters.first != NULL;
        weft_semaphore_release(self->semaphore, 1);
    }
    WEFT_END;
}

CASE(who_stands_aside_keeps_no_permit)
{
    weft_loop_t loop;
    weft_semaphore_t semaphore = WEFT_SEMAPHORE_INIT(1, 1);
    struct user users[3] = {{.left = 0}};

    weft_loop_init(&loop, NULL);
    for (int i = 0; i < 3; i++) {
        users[i].semaphore = &semaphore;
        users[i].left = 3 * WEFT_BUDGET;
        CHECK_EQ(weft_spawn(&loop.executor, user_task(&users[i])), 0);
    }
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(users[i].left, 0);
        CHECK_EQ(users[i].waits, 0);
    }
    weft_loop_deinit(&loop);
}

/* --- wrong programs */

CASE(nothing_and_more_than_there_can_be_are_refused)
{
    weft_semaphore_t semaphore = WEFT_SEMAPHORE_INIT(2, 2);
    struct queue queue;

    CHECK_EQ(weft_semaphore_acquire(&semaphore, 0), WEFT_ERR_INVALID);
    CHECK_EQ(weft_semaphore_acquire(&semaphore, 3), WEFT_ERR_INVALID);
    CHECK_EQ(weft_semaphore_acquire(&semaphore, UINT32_MAX), WEFT_ERR_INVALID);
    CHECK_EQ(weft_semaphore_try_acquire(&semaphore, 0), WEFT_ERR_INVALID);
    CHECK_EQ(weft_semaphore_try_acquire(&semaphore, 3), WEFT_ERR_INVALID);
    CHECK_EQ(weft_semaphore_value(&semaphore), 2);
    queue_init(&queue, 2);
    want(&queue, 0, 0, 0);
    want(&queue, 1, UINT32_MAX, 0);
    queue_deinit(&queue);
    CHECK_EQ(queue.wants[0].rc, WEFT_ERR_INVALID);
    CHECK_EQ(queue.wants[1].rc, WEFT_ERR_INVALID);
}

CASE(more_permits_than_its_maximum_are_named)
{
    weft_semaphore_t semaphore = WEFT_SEMAPHORE_INIT(1, 2);
    const char *named = "a semaphore released over its maximum";

    CHECK_DIES(weft_semaphore_release(&semaphore, 2), named);
    CHECK_DIES(weft_semaphore_release(&semaphore, UINT32_MAX), named);
    weft_semaphore_release(&semaphore, 1);
    CHECK_DIES(weft_semaphore_release(&semaphore, 1), named);
    CHECK_DIES(weft_semaphore_init(&semaphore, 0, 0),
               "a semaphore for 0 or too many permits");
    CHECK_DIES(weft_semaphore_init(&semaphore, 0, WEFT_SEMAPHORE_MAX + 1),
               "a semaphore for 0 or too many permits");
    CHECK_DIES(weft_semaphore_init(&semaphore, 2, 1),
               "a semaphore with more than its maximum");
    weft_semaphore_init(&semaphore, WEFT_SEMAPHORE_MAX, WEFT_SEMAPHORE_MAX);
    CHECK_EQ(weft_semaphore_acquire(&semaphore, WEFT_SEMAPHORE_MAX), 0);
    weft_semaphore_release(&semaphore, WEFT_SEMAPHORE_MAX);
}

static void acquire_inside(void *ctx)
{
    (void)weft_semaphore_acquire(ctx, 1);
}

static void try_inside(void *ctx)
{
    CHECK_EQ(weft_semaphore_try_acquire(ctx, 1), 0);
    CHECK_EQ(weft_semaphore_try_acquire(ctx, 1), WEFT_ERR_EMPTY);
    weft_semaphore_release(ctx, 1);
}

CASE_INTERRUPT(an_interrupt_tries_and_does_not_wait)
{
    weft_semaphore_t semaphore = WEFT_SEMAPHORE_INIT(1, 1);

    handle(try_inside, &semaphore);
    CHECK_EQ(weft_semaphore_value(&semaphore), 1);
    CHECK_DIES(handle(acquire_inside, &semaphore),
               "a waiting call in an interrupt");
}
