/* test_condition.c - wait without the mutex, come back with it
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"
#include "tests/support/handler.h"

enum { CROWD = WEFT_STEP + 4 };

struct crowd;

struct waits {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    struct crowd *crowd;
    uint64_t deadline_us; /* 0: none */
    int got;              /* which one it was */
    int rc;
};

struct crowd {
    weft_manual_t manual;
    weft_loop_t loop; /* for who has a limit */
    weft_mutex_t mutex;
    weft_condition_t condition;
    struct waits waits[CROWD];
    int holders; /* guarded by the mutex */
    int order;
};

WEFT_TASK(waits)
{
    struct crowd *crowd = self->crowd;
    WEFT_BEGIN;
    WEFT_AWAIT(weft_mutex_lock, &crowd->mutex);
    if (self->deadline_us == 0) {
        WEFT_AWAIT_RC(self->rc, weft_condition_wait, &crowd->condition,
                      &crowd->mutex);
    } else {
        WEFT_AWAIT_UNTIL(self->rc, self->deadline_us, weft_condition_wait,
                         &crowd->condition, &crowd->mutex);
    }
    CHECK_EQ(weft_mutex_try_lock(&crowd->mutex), WEFT_ERR_BUSY);
    self->got = ++crowd->order;
    weft_mutex_unlock(&crowd->mutex); /* by another: an assertion */
    return self->rc;
    WEFT_END;
}

static void crowd_init(struct crowd *crowd)
{
    *crowd = (struct crowd){.mutex = WEFT_MUTEX_INIT};
    weft_condition_init(&crowd->condition);
    weft_manual_init(&crowd->manual);
    weft_loop_init(&crowd->loop, NULL);
    for (int i = 0; i < CROWD; i++) {
        crowd->waits[i].crowd = crowd;
    }
}

static void lock(struct crowd *crowd)
{
    CHECK_EQ(weft_mutex_try_lock(&crowd->mutex), 0);
}

/* Runs what is ready; how many entries that were. */
static size_t run(struct crowd *crowd)
{
    return weft_manual_drain(&crowd->manual);
}

static void step(struct crowd *crowd)
{
    for (int i = 0; i < 3; i++) {
        (void)weft_loop_step(&crowd->loop);
    }
}

static void park(struct crowd *crowd, int count)
{
    for (int i = 0; i < count; i++) {
        CHECK_EQ(
            weft_spawn(&crowd->manual.executor, waits_task(&crowd->waits[i])),
            0);
    }
    CHECK_EQ(run(crowd), count);
    for (int i = 0; i < count; i++) {
        CHECK(!weft_task_finished(&crowd->waits[i].task));
    }
}

static void park_until(struct crowd *crowd, int i, uint64_t deadline_us)
{
    crowd->waits[i].deadline_us = deadline_us;
    CHECK_EQ(weft_spawn(&crowd->loop.executor, waits_task(&crowd->waits[i])),
             0);
    step(crowd);
}

static void crowd_deinit(struct crowd *crowd)
{
    weft_loop_stop(&crowd->loop);
    CHECK_EQ(weft_loop_run(&crowd->loop), 0);
    weft_loop_deinit(&crowd->loop);
    CHECK_EQ(crowd->mutex.word, 0);
    CHECK_EQ(crowd->condition.word, 0);
}

/* A deadline that has passed; 0 is none here. */
static uint64_t past(void)
{
    CHECK_EQ(weft_sleep(WEFT_US(10)), 0);
    return weft_now_us() - 1;
}

CASE(who_waits_is_without_the_mutex_and_comes_back_with_it)
{
    struct crowd crowd;

    crowd_init(&crowd);
    park(&crowd, 1);
    lock(&crowd);
    weft_condition_notify_one(&crowd.condition);
    CHECK_EQ(run(&crowd), 0);
    weft_mutex_unlock(&crowd.mutex);
    CHECK_EQ(run(&crowd), 1);
    CHECK_EQ(weft_task_result(&crowd.waits[0].task), 0);
    crowd_deinit(&crowd);
}

CASE(a_notify_ends_the_longest_wait)
{
    struct crowd crowd;

    crowd_init(&crowd);
    park(&crowd, 3);
    for (int i = 0; i < 3; i++) {
        weft_condition_notify_one(&crowd.condition);
        CHECK_EQ(run(&crowd), 1);
        CHECK_EQ(crowd.waits[i].got, i + 1);
    }
    crowd_deinit(&crowd);
}

/* Each runs once, when the mutex is his: nobody is woken to find it taken. */
CASE(all_who_are_notified_run_once_and_in_order)
{
    struct crowd crowd;

    crowd_init(&crowd);
    park(&crowd, CROWD);
    lock(&crowd);
    weft_condition_notify_all(&crowd.condition);
    CHECK_EQ(run(&crowd), 0);
    weft_mutex_unlock(&crowd.mutex);
    CHECK_EQ(run(&crowd), CROWD);
    for (int i = 0; i < CROWD; i++) {
        CHECK_EQ(crowd.waits[i].got, i + 1);
    }
    crowd_deinit(&crowd);
}

CASE(all_run_once_also_when_the_mutex_is_open)
{
    struct crowd crowd;

    crowd_init(&crowd);
    park(&crowd, CROWD);
    weft_condition_notify_all(&crowd.condition);
    CHECK_EQ(run(&crowd), CROWD);
    CHECK_EQ(crowd.order, CROWD);
    crowd_deinit(&crowd);
}

CASE(who_is_notified_goes_behind_who_waits_for_the_mutex)
{
    struct crowd crowd;

    crowd_init(&crowd);
    park(&crowd, 1);
    lock(&crowd);
    CHECK_EQ(weft_spawn(&crowd.manual.executor, waits_task(&crowd.waits[1])),
             0);
    CHECK_EQ(run(&crowd), 1);
    weft_condition_notify_one(&crowd.condition);
    weft_mutex_unlock(&crowd.mutex);
    /* The second locks, waits, and lets go of it to the first. */
    CHECK_EQ(run(&crowd), 2);
    CHECK_EQ(crowd.waits[0].got, 1);
    CHECK(!weft_task_finished(&crowd.waits[1].task));
    weft_condition_notify_one(&crowd.condition);
    CHECK_EQ(run(&crowd), 1);
    crowd_deinit(&crowd);
}

CASE(a_notify_without_a_waiter_is_not_kept)
{
    struct crowd crowd;

    crowd_init(&crowd);
    weft_condition_notify_one(&crowd.condition);
    weft_condition_notify_all(&crowd.condition);
    park(&crowd, 1);
    weft_condition_notify_one(&crowd.condition);
    CHECK_EQ(run(&crowd), 1);
    crowd_deinit(&crowd);
}

/* --- leaving: always with the mutex */

CASE(who_leaves_has_the_mutex)
{
    struct crowd crowd;

    crowd_init(&crowd);
    park(&crowd, 1);
    park_until(&crowd, 1, weft_deadline(WEFT_MS(1)));
    park_until(&crowd, 2, past());
    CHECK_EQ(crowd.waits[2].rc, WEFT_ERR_TIMEOUT);
    weft_task_cancel(&crowd.waits[0].task);
    CHECK_EQ(run(&crowd), 1);
    CHECK_EQ(crowd.waits[0].rc, WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_sleep(WEFT_MS(2)), 0);
    step(&crowd);
    CHECK_EQ(crowd.waits[1].rc, WEFT_ERR_TIMEOUT);
    crowd_deinit(&crowd);
}

CASE(who_leaves_waits_for_the_mutex_however_long)
{
    struct crowd crowd;

    crowd_init(&crowd);
    park(&crowd, 2);
    park_until(&crowd, 2, weft_deadline(WEFT_MS(1)));
    lock(&crowd);
    weft_task_cancel(&crowd.waits[0].task);
    CHECK_EQ(run(&crowd), 1);
    CHECK_EQ(weft_sleep(WEFT_MS(2)), 0);
    step(&crowd);
    weft_task_cancel(&crowd.waits[0].task); /* once more changes nothing */
    CHECK(run(&crowd) <= 1);
    CHECK_EQ(crowd.order, 0);
    /* A notify is for who still waits. */
    weft_condition_notify_one(&crowd.condition);
    weft_mutex_unlock(&crowd.mutex);
    for (int i = 0; i < 3; i++) {
        (void)run(&crowd);
        step(&crowd);
    }
    CHECK_EQ(crowd.waits[0].rc, WEFT_ERR_CANCELLED);
    CHECK_EQ(crowd.waits[1].rc, 0);
    CHECK_EQ(crowd.waits[2].rc, WEFT_ERR_TIMEOUT);
    CHECK_EQ(crowd.order, 3);
    crowd_deinit(&crowd);
}

CASE(who_was_notified_has_waited_with_success_though_cancelled)
{
    struct crowd crowd;

    crowd_init(&crowd);
    park(&crowd, 2);
    lock(&crowd);
    weft_condition_notify_one(&crowd.condition);
    weft_task_cancel(&crowd.waits[0].task);
    CHECK_EQ(run(&crowd), 1); /* it looks, and waits on */
    CHECK_EQ(crowd.order, 0);
    weft_mutex_unlock(&crowd.mutex);
    CHECK_EQ(run(&crowd), 1);
    CHECK_EQ(crowd.waits[0].rc, 0);
    weft_condition_notify_one(&crowd.condition);
    CHECK_EQ(run(&crowd), 1);
    crowd_deinit(&crowd);
}

/* Is cancelled while it has the mutex, then waits. */
struct late {
    weft_task_t task;
    weft_await_t await;
    struct crowd *crowd;
};
WEFT_TASK(late)
{
    int rc;
    WEFT_BEGIN;
    WEFT_AWAIT(weft_mutex_lock, &self->crowd->mutex);
    weft_task_cancel(&self->task);
    WEFT_AWAIT_RC(rc, weft_condition_wait, &self->crowd->condition,
                  &self->crowd->mutex);
    weft_mutex_unlock(&self->crowd->mutex);
    return rc;
    WEFT_END;
}

CASE(a_cancelled_task_keeps_the_mutex_and_does_not_wait)
{
    struct crowd crowd;
    struct late late = {.crowd = &crowd};

    crowd_init(&crowd);
    CHECK_EQ(weft_spawn(&crowd.manual.executor, late_task(&late)), 0);
    (void)run(&crowd);
    CHECK_EQ(weft_task_result(&late.task), WEFT_ERR_CANCELLED);
    crowd_deinit(&crowd);
}

CASE(a_thread_waits_until)
{
    weft_mutex_t mutex = WEFT_MUTEX_INIT;
    weft_condition_t condition = WEFT_CONDITION_INIT;

    CHECK_EQ(weft_mutex_lock(&mutex), 0);
    CHECK_EQ(weft_condition_wait_until(&condition, &mutex, past()),
             WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_condition_wait_until(&condition, &mutex,
                                       weft_deadline(WEFT_US(50))),
             WEFT_ERR_TIMEOUT);
    weft_mutex_unlock(&mutex);
}

/* --- wrong programs */

CASE(to_wait_without_the_mutex_is_named)
{
    weft_mutex_t mutex = WEFT_MUTEX_INIT;
    weft_condition_t condition = WEFT_CONDITION_INIT;
    struct crowd crowd;
    const char *named = "a condition waited for without its mutex";

    CHECK_DIES((void)weft_condition_wait(&condition, &mutex), named);
    crowd_init(&crowd);
    lock(&crowd);
    CHECK_DIES((void)weft_condition_wait(&condition, &mutex), named);
    weft_mutex_unlock(&crowd.mutex);
    crowd_deinit(&crowd);
}

struct pair {
    weft_mutex_t mutex;
    weft_condition_t condition;
};

static void wait_inside(void *ctx)
{
    struct pair *pair = ctx;

    (void)weft_condition_wait(&pair->condition, &pair->mutex);
}

static void notify_inside(void *ctx)
{
    weft_condition_notify_all(ctx);
}

CASE_INTERRUPT(an_interrupt_notifies_and_does_not_wait)
{
    struct pair pair = {WEFT_MUTEX_INIT, WEFT_CONDITION_INIT};
    struct crowd crowd;

    CHECK_DIES(handle(wait_inside, &pair), "a waiting call in an interrupt");
    crowd_init(&crowd);
    park(&crowd, CROWD);
    handle(notify_inside, &crowd.condition);
    CHECK_EQ(run(&crowd), CROWD);
    crowd_deinit(&crowd);
}
