/* test_mutex.c - the mutex: lock, hand-off, leave; who may not
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"
#include "tests/support/handler.h"

struct locker {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_mutex_t *mutex;
    weft_event_t *leave; /* NULL: unlocks at once */
    uint64_t deadline_us;
    int *order;
    int got; /* which one it was */
    int rc;
};
WEFT_TASK(locker)
{
    WEFT_BEGIN;
    if (self->deadline_us == 0) {
        WEFT_AWAIT_RC(self->rc, weft_mutex_lock, self->mutex);
    } else {
        WEFT_AWAIT_UNTIL(self->rc, self->deadline_us, weft_mutex_lock,
                         self->mutex);
    }
    if (self->rc != WEFT_OK) {
        return self->rc;
    }
    self->got = self->order != NULL ? ++*self->order : 0;
    if (self->leave != NULL) {
        int rc;
        WEFT_AWAIT_RC(rc, weft_event_wait, self->leave);
        CHECK(rc == 0 || rc == WEFT_ERR_CANCELLED);
    }
    weft_mutex_unlock(self->mutex);
    WEFT_END;
}

enum { CROWD = 5 };

struct crowd {
    weft_loop_t loop;
    weft_mutex_t mutex;
    weft_event_t leave;
    struct locker locker[CROWD];
    int order;
};

static void crowd_init(struct crowd *crowd)
{
    *crowd = (struct crowd){.mutex = WEFT_MUTEX_INIT};
    weft_loop_init(&crowd->loop, NULL);
    weft_event_init(&crowd->leave, true);
    for (int i = 0; i < CROWD; i++) {
        crowd->locker[i].mutex = &crowd->mutex;
        crowd->locker[i].leave = &crowd->leave;
        crowd->locker[i].order = &crowd->order;
        crowd->locker[i].rc = 1;
    }
}

static void spawn(struct crowd *crowd, int i)
{
    CHECK_EQ(weft_spawn(&crowd->loop.executor, locker_task(&crowd->locker[i])),
             0);
    (void)weft_loop_step(&crowd->loop);
}

static void step(struct crowd *crowd)
{
    for (int i = 0; i < 4; i++) {
        (void)weft_loop_step(&crowd->loop);
    }
}

/* Whoever has the mutex leaves it. */
static void next(struct crowd *crowd)
{
    weft_event_set(&crowd->leave);
    step(crowd);
}

static void crowd_deinit(struct crowd *crowd)
{
    weft_loop_stop(&crowd->loop);
    CHECK_EQ(weft_loop_run(&crowd->loop), 0);
    weft_loop_deinit(&crowd->loop);
    CHECK_EQ(crowd->mutex.word, 0);
}

/* A deadline that has passed; 0 is none here. */
static uint64_t past(void)
{
    CHECK_EQ(weft_sleep(WEFT_US(10)), 0);
    return weft_now_us() - 1;
}

CASE(an_open_mutex_is_locked_at_once)
{
    weft_mutex_t mutex;

    weft_mutex_init(&mutex);
    CHECK_EQ(weft_mutex_lock(&mutex), 0);
    weft_mutex_unlock(&mutex);
    CHECK_EQ(weft_mutex_lock_until(&mutex, 0), 0);
    weft_mutex_unlock(&mutex);
    CHECK_EQ(weft_mutex_try_lock(&mutex), 0);
    weft_mutex_unlock(&mutex);
    CHECK_EQ(mutex.word, 0);
}

CASE(the_longest_waiter_gets_it)
{
    struct crowd crowd;

    crowd_init(&crowd);
    for (int i = 0; i < CROWD; i++) {
        spawn(&crowd, i);
    }
    for (int i = 0; i < CROWD; i++) {
        CHECK_EQ(crowd.order, i + 1);
        CHECK_EQ(crowd.locker[i].got, i + 1);
        CHECK_EQ(weft_mutex_try_lock(&crowd.mutex), WEFT_ERR_BUSY);
        next(&crowd);
    }
    CHECK_EQ(weft_mutex_try_lock(&crowd.mutex), 0);
    weft_mutex_unlock(&crowd.mutex);
    crowd_deinit(&crowd);
}

CASE(a_limit_ends_the_wait_and_not_the_lock)
{
    struct crowd crowd;

    crowd_init(&crowd);
    crowd.locker[1].deadline_us = weft_deadline(WEFT_MS(1));
    crowd.locker[2].deadline_us = past();
    for (int i = 0; i < 4; i++) {
        spawn(&crowd, i);
    }
    CHECK_EQ(crowd.locker[2].rc, WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_mutex_lock_until(&crowd.mutex, past()), WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_mutex_lock_until(&crowd.mutex, weft_deadline(WEFT_MS(2))),
             WEFT_ERR_TIMEOUT);
    step(&crowd);
    CHECK_EQ(crowd.locker[1].rc, WEFT_ERR_TIMEOUT);
    next(&crowd);
    CHECK_EQ(crowd.locker[3].got, 2);
    next(&crowd);
    crowd_deinit(&crowd);
}

CASE(a_cancelled_waiter_leaves_and_the_next_gets_it)
{
    struct crowd crowd;

    crowd_init(&crowd);
    for (int i = 0; i < 4; i++) {
        spawn(&crowd, i);
    }
    weft_task_cancel(&crowd.locker[1].task);
    weft_task_cancel(&crowd.locker[3].task);
    step(&crowd);
    CHECK_EQ(crowd.locker[1].rc, WEFT_ERR_CANCELLED);
    CHECK_EQ(crowd.locker[3].rc, WEFT_ERR_CANCELLED);
    next(&crowd);
    CHECK_EQ(crowd.locker[2].got, 2);
    next(&crowd);
    crowd_deinit(&crowd);
}

CASE(the_last_to_leave_the_queue_leaves_an_open_mutex_open)
{
    struct crowd crowd;

    crowd_init(&crowd);
    spawn(&crowd, 0);
    spawn(&crowd, 1);
    weft_task_cancel(&crowd.locker[1].task);
    step(&crowd);
    next(&crowd);
    CHECK_EQ(crowd.mutex.word, 0);
    crowd_deinit(&crowd);
}

CASE(who_was_handed_it_has_it_though_cancelled)
{
    struct crowd crowd;

    crowd_init(&crowd);
    CHECK_EQ(weft_mutex_lock(&crowd.mutex), 0);
    spawn(&crowd, 0);
    spawn(&crowd, 1);
    weft_mutex_unlock(&crowd.mutex); /* to the first, which has not run yet */
    weft_task_cancel(&crowd.locker[0].task);
    step(&crowd);
    CHECK_EQ(crowd.locker[0].rc, 0);
    CHECK_EQ(crowd.locker[1].got, 2); /* its own wait was cancelled: it left */
    next(&crowd);
    crowd_deinit(&crowd);
}

CASE(a_cancelled_task_locks_nothing)
{
    struct crowd crowd;

    crowd_init(&crowd);
    CHECK_EQ(weft_spawn(&crowd.loop.executor, locker_task(&crowd.locker[0])),
             0);
    weft_task_cancel(&crowd.locker[0].task);
    step(&crowd);
    CHECK_EQ(crowd.locker[0].rc, WEFT_ERR_CANCELLED);
    CHECK_EQ(crowd.mutex.word, 0);
    crowd_deinit(&crowd);
}

/* --- many at once on one loop: nobody keeps it while he stands aside */

struct user {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_mutex_t *mutex;
    int left;
    int waits;
    bool limited;
};
WEFT_TASK(user)
{
    int rc;
    WEFT_BEGIN;
    for (; self->left > 0; self->left--) {
        if (self->limited) {
            WEFT_AWAIT_UNTIL(rc, weft_deadline(WEFT_MS(9000)), weft_mutex_lock,
                             self->mutex);
        } else {
            WEFT_AWAIT_RC(rc, weft_mutex_lock, self->mutex);
        }
        CHECK_EQ(rc, 0);
        self->waits += self->mutex->waiters.first != NULL;
        weft_mutex_unlock(self->mutex);
    }
    WEFT_END;
}

static void use_often(bool limited)
{
    weft_loop_t loop;
    weft_mutex_t mutex = WEFT_MUTEX_INIT;
    struct user users[3] = {{.mutex = NULL}};

    weft_loop_init(&loop, NULL);
    for (int i = 0; i < 3; i++) {
        users[i].mutex = &mutex;
        users[i].left = 3 * WEFT_BUDGET;
        users[i].limited = limited;
        CHECK_EQ(weft_spawn(&loop.executor, user_task(&users[i])), 0);
    }
    (void)weft_loop_step(&loop);
    /* The first had its turn, not all of its work. */
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(users[i].left, 0);
        CHECK_EQ(users[i].waits, 0);
    }
    weft_loop_deinit(&loop);
}

CASE(who_stands_aside_does_not_hold_it)
{
    use_often(false);
    use_often(true);
}

struct yielder {
    weft_task_t task;
    struct user *user;
    int seen; /* how much the other had left when this one ran */
};
WEFT_TASK(yielder)
{
    self->seen = self->user->left;
    return 0;
}

CASE(a_loop_of_locks_lets_others_run)
{
    weft_loop_t loop;
    weft_mutex_t mutex = WEFT_MUTEX_INIT;
    struct user user = {.mutex = &mutex, .left = 3 * WEFT_BUDGET};
    struct yielder yielder = {.user = &user};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_spawn(&loop.executor, user_task(&user)), 0);
    CHECK_EQ(weft_spawn(&loop.executor, yielder_task(&yielder)), 0);
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    CHECK(yielder.seen > 0);
    CHECK(yielder.seen < 3 * WEFT_BUDGET);
    weft_loop_deinit(&loop);
}

/* It stands aside, meanwhile the mutex is locked, and its limit comes. */
struct late {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_mutex_t *mutex;
    uint64_t deadline_us;
    int i;
    int rc;
};
WEFT_TASK(late)
{
    WEFT_BEGIN;
    for (self->i = 0; self->i < WEFT_BUDGET - 1; self->i++) {
        WEFT_AWAIT(weft_mutex_lock, self->mutex);
        weft_mutex_unlock(self->mutex);
    }
    WEFT_AWAIT_UNTIL(self->rc, self->deadline_us, weft_mutex_lock, self->mutex);
    CHECK_EQ(self->rc, WEFT_ERR_TIMEOUT);
    CHECK(weft_now_us() >= self->deadline_us);
    WEFT_END;
}

static void time_out_aside(uint64_t deadline_us)
{
    weft_loop_t loop;
    weft_mutex_t mutex = WEFT_MUTEX_INIT;
    weft_event_t leave = WEFT_EVENT_INIT;
    struct late late = {.mutex = &mutex, .deadline_us = deadline_us};
    struct locker locker = {.mutex = &mutex, .leave = &leave};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_spawn(&loop.executor, late_task(&late)), 0);
    CHECK_EQ(weft_spawn(&loop.executor, locker_task(&locker)), 0);
    while (!weft_task_finished(&late.task)) {
        (void)weft_loop_step(&loop);
#if TEST_IN_SIM
        weft_sim_sleep_until(weft_deadline(WEFT_US(300)));
#endif
    }
    CHECK_EQ(weft_task_result(&late.task), 0);
    weft_event_set(&leave);
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    weft_loop_deinit(&loop);
}

CASE(a_limit_holds_for_who_stood_aside)
{
    time_out_aside(weft_deadline(WEFT_MS(1)));
    time_out_aside(past());
}

/* --- wrong programs */

CASE(locked_twice_by_its_owner_is_named)
{
    weft_mutex_t mutex = WEFT_MUTEX_INIT;

    CHECK_EQ(weft_mutex_lock(&mutex), 0);
    CHECK_DIES((void)weft_mutex_lock(&mutex),
               "a mutex locked twice by its owner");
    CHECK_EQ(weft_mutex_try_lock(&mutex), WEFT_ERR_BUSY);
    weft_mutex_unlock(&mutex);
    CHECK_DIES(weft_mutex_unlock(&mutex),
               "unlock of a mutex that is not locked");
}

CASE(unlocked_by_another_is_named)
{
    struct crowd crowd;

    crowd_init(&crowd);
    spawn(&crowd, 0);
    CHECK_DIES(weft_mutex_unlock(&crowd.mutex), "a mutex unlocked by another");
    spawn(&crowd, 1);
    CHECK_DIES(weft_mutex_unlock(&crowd.mutex), "a mutex unlocked by another");
    next(&crowd);
    next(&crowd);
    crowd_deinit(&crowd);
}

static void lock_inside(void *ctx)
{
    (void)weft_mutex_lock(ctx);
}

static void try_inside(void *ctx)
{
    (void)weft_mutex_try_lock(ctx);
}

CASE_INTERRUPT(an_interrupt_owns_nothing)
{
    weft_mutex_t mutex = WEFT_MUTEX_INIT;

    CHECK_DIES(handle(lock_inside, &mutex), "a waiting call in an interrupt");
    CHECK_DIES(handle(try_inside, &mutex), "a waiting call in an interrupt");
}
