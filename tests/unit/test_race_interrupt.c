/* test_race_interrupt.c - interrupts that call in on the core they interrupt
 * SPDX-License-Identifier: MIT
 *
 * Each case does at task level, on core 0, what an interrupt of core 0 does to
 * the same object: if a lock were held with interrupts open, the interrupt
 * would spin for ever, and the simulator says livelock. A host has no
 * interrupts and no cases.
 */
#include <limits.h>

#include "tests/support/disturb.h"
#include "tests/support/frames.h"

static void attach(struct disturb *disturb, test_handler_fn *handler, void *ctx)
{
    *disturb = (struct disturb){.handler = handler, .ctx = ctx, .times = 4};
    disturb_begin(disturb);
}

/* --- event */

static void set_event(void *ctx)
{
    weft_event_set(ctx);
}

static void set_and_reset(void *ctx)
{
    if (some(3) == 0) {
        weft_event_reset(ctx);
    }
    weft_event_set(ctx);
}

CASE_DISTURBED(an_event_is_set_and_reset_inside_a_wait_a_set_and_a_withdrawal)
{
    struct disturb interrupt;
    weft_loop_t loop;
    weft_event_t event;
    struct waiter waiter = {.event = &event};

    weft_event_init(&event, some(2) == 0);
    weft_loop_init(&loop, NULL);
    attach(&interrupt, set_and_reset, &event);
    for (int i = 0; i < 5; i++) {
        waiter.deadline_us = weft_deadline(WEFT_US(10));
        int rc = weft_loop_run_task(&loop, waiter_task(&waiter));
        CHECK(rc == 0 || rc == WEFT_ERR_TIMEOUT);
        weft_event_reset(&event);
        weft_event_set(&event);
        (void)weft_event_try_wait(&event);
    }
    disturb_end(&interrupt);
    weft_loop_deinit(&loop);
}

CASE_DISTURBED(an_interrupt_wakes_a_loop_that_sleeps_or_is_about_to)
{
    struct disturb interrupt;
    weft_loop_t loop;
    weft_event_t event = WEFT_EVENT_INIT_AUTO;
    struct waiter waiter = {.event = &event};

    weft_loop_init(&loop, NULL);
    attach(&interrupt, set_event, &event);
    for (int i = 0; i < 4; i++) {
        CHECK_EQ(weft_loop_run_task(&loop, waiter_task(&waiter)), 0);
        if (disturb_left(&interrupt) == 0 && !weft_event_is_set(&event)) {
            break;
        }
    }
    disturb_end(&interrupt);
    weft_loop_deinit(&loop);
}

/* --- signal */

struct box {
    weft_signal_t signal;
    uint32_t value[2];
};

static void set_box(void *ctx)
{
    struct box *box = ctx;
    uint32_t n = (uint32_t)some(1000);
    uint32_t value[2] = {n, ~n};
    uint32_t got[2];

    if (some(3) == 0 && weft_signal_try_wait(&box->signal, got) == 0) {
        CHECK(got[0] == ~got[1]);
    }
    if (some(3) == 0) {
        weft_signal_clear(&box->signal);
    }
    weft_signal_set(&box->signal, value);
}

struct taker {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    struct box *box;
    uint32_t got[2];
};
WEFT_TASK(taker)
{
    int rc;
    WEFT_BEGIN;
    WEFT_AWAIT_UNTIL(rc, weft_deadline(WEFT_US(10)), weft_signal_wait,
                     &self->box->signal, self->got);
    return rc;
    WEFT_END;
}

CASE_DISTURBED(a_signal_is_set_inside_a_wait_a_set_and_a_clear)
{
    struct disturb interrupt;
    weft_loop_t loop;
    struct box box;
    struct taker taker = {.box = &box};

    weft_signal_init(&box.signal, box.value, sizeof(box.value));
    weft_loop_init(&loop, NULL);
    attach(&interrupt, set_box, &box);
    for (int i = 0; i < 5; i++) {
        int rc = weft_loop_run_task(&loop, taker_task(&taker));
        CHECK(rc == WEFT_ERR_TIMEOUT ||
              (rc == 0 && taker.got[0] == ~taker.got[1]));
        set_box(&box);
    }
    disturb_end(&interrupt);
    weft_loop_deinit(&loop);
}

/* --- tasks: wake, cancel, spawn */

static void wake(void *ctx)
{
    struct looker *looker = ctx;

    weft_atomic_store_release_u8(&looker->enough, 1);
    weft_task_wake(&looker->task);
}

CASE_DISTURBED(a_wake_interrupts_spawn_poll_suspend_and_sleep_and_is_not_lost)
{
    struct disturb interrupt;
    weft_loop_t loop;
    struct looker looker = {.looks = 0};

    weft_loop_init(&loop, NULL);
    attach(&interrupt, wake, looker_task(&looker));
    interrupt.times = 1;
    CHECK_EQ(weft_loop_run_task(&loop, &looker.task), 5);
    disturb_end(&interrupt);
    weft_loop_deinit(&loop);
}

static void cancel(void *ctx)
{
    weft_task_cancel(ctx);
}

CASE_DISTURBED(a_cancel_interrupts_anything_and_is_not_lost)
{
    struct disturb interrupt;
    weft_loop_t loop;
    weft_event_t event = WEFT_EVENT_INIT;
    struct waiter waiter = {.event = &event};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_spawn(&loop.executor, waiter_task(&waiter)), 0);
    attach(&interrupt, cancel, &waiter.task);
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    CHECK_EQ(weft_task_result(&waiter.task), WEFT_ERR_CANCELLED);
    disturb_end(&interrupt);
    weft_loop_deinit(&loop);
}

struct nursery {
    weft_spawner_t spawner;
    struct looker looker[4];
    unsigned started;
    unsigned refused;
};

static void spawn_next(void *ctx)
{
    struct nursery *nursery = ctx;
    struct looker *looker = &nursery->looker[nursery->started];

    looker->enough = 1;
    int rc = weft_spawner_spawn(nursery->spawner, looker_task(looker));
    if (rc == 0) {
        nursery->started++;
    } else {
        CHECK(rc == WEFT_ERR_CLOSED || rc == WEFT_ERR_CANCELLED);
        nursery->refused++;
    }
}

struct host {
    weft_task_t task;
    weft_await_t await;
    weft_scope_t scope;
    struct disturb interrupt;
    struct nursery *nursery;
    int rc;
};
WEFT_TASK(host)
{
    WEFT_BEGIN;
    weft_scope_open(&self->scope, WEFT_SCOPE_FAIL_FAST, WEFT_FOREVER);
    self->nursery->spawner =
        weft_scope_spawner(&self->scope, &weft_loop_current()->executor);
    attach(&self->interrupt, spawn_next, self->nursery);
    WEFT_YIELD();
    WEFT_AWAIT_RC(self->rc, weft_scope_join, &self->scope);
    disturb_end(&self->interrupt);
    return self->rc;
    WEFT_END;
}

CASE_DISTURBED(a_spawner_interrupts_the_scope_until_its_join_has_ended)
{
    weft_loop_t loop;
    struct nursery nursery = {.started = 0};
    struct host *host = frame_new(sizeof(*host));

    weft_loop_init(&loop, NULL);
    host->nursery = &nursery;
    CHECK_EQ(weft_loop_run_task(&loop, host_task(host)), 0);
    frame_drop(host, sizeof(*host));
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    for (unsigned i = 0; i < nursery.started; i++) {
        CHECK_EQ(weft_task_result(&nursery.looker[i].task), 5);
    }
    weft_loop_deinit(&loop);
}

/* --- a cancel walks over the children outside of the interrupt */

struct group {
    weft_task_t task;
    weft_await_t await;
    weft_scope_t scope;
    struct waiter waiter[WEFT_STEP];
    weft_event_t event;
    bool cancelled;
};

static void cancel_group(void *ctx)
{
    struct group *group = ctx;
    unsigned children = weft_scope_count(&group->scope);

    weft_scope_cancel(&group->scope);
    if (!group->cancelled) {
        CHECK_EQ(weft_scope_count(&group->scope), children + 1);
    }
    group->cancelled = true;
}

WEFT_TASK(group)
{
    int rc;
    WEFT_BEGIN;
    weft_scope_open(&self->scope, WEFT_SCOPE_FAIL_FAST, WEFT_FOREVER);
    for (int i = 0; i < WEFT_STEP; i++) {
        self->waiter[i].event = &self->event;
        CHECK_EQ(weft_scope_spawn(&self->scope, waiter_task(&self->waiter[i])),
                 0);
    }
    WEFT_YIELD();
    handle(cancel_group, self);
    WEFT_AWAIT_RC(rc, weft_scope_join, &self->scope);
    return rc;
    WEFT_END;
}

CASE_DISTURBED(a_cancel_in_an_interrupt_leaves_the_walk_to_the_executor)
{
    weft_loop_t loop;
    struct group group = {.event = WEFT_EVENT_INIT};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_loop_run_task(&loop, group_task(&group)), WEFT_ERR_CANCELLED);
    for (int i = 0; i < WEFT_STEP; i++) {
        CHECK_EQ(weft_task_result(&group.waiter[i].task), WEFT_ERR_CANCELLED);
    }
    weft_loop_deinit(&loop);
}

/* --- timers */

struct post {
    weft_timer_t timer;
    weft_loop_t loop;
    uint64_t deadline_us; /* of the newest request; 0: stop */
    unsigned fired;
};

static void on_fire(weft_timer_t *timer, void *ctx)
{
    struct post *post = ctx;

    (void)timer;
    post->fired++;
}

static void post_any(void *ctx)
{
    struct post *post = ctx;

    post->deadline_us = some(2) * weft_deadline(WEFT_S(60));
    if (post->deadline_us == 0) {
        weft_timer_post_stop(&post->timer);
    } else {
        weft_timer_post_start(&post->timer, post->deadline_us);
    }
}

CASE_DISTURBED(timer_requests_interrupt_each_other_and_the_newest_counts)
{
    struct disturb interrupt;
    struct post post = {.fired = 0};
    struct sleeper sleeper = {.deadline_us = weft_deadline(WEFT_US(100))};

    weft_loop_init(&post.loop, NULL);
    weft_timer_init(&post.timer, &post.loop, on_fire, &post);
    attach(&interrupt, post_any, &post);
    for (int i = 0; i < 3; i++) {
        /* The handler may come in between: then its request is the newest. */
        weft_timer_post_stop(&post.timer);
    }
    CHECK_EQ(weft_loop_run_task(&post.loop, sleeper_task(&sleeper)), 7);
    disturb_end(&interrupt);
    post_any(&post);
    sleeper.deadline_us = weft_deadline(WEFT_US(100));
    CHECK_EQ(weft_loop_run_task(&post.loop, sleeper_task(&sleeper)), 7);
    CHECK_EQ(weft_timer_active(&post.timer), post.deadline_us != 0);
    CHECK_EQ(post.fired, 0);
    (void)weft_timer_stop(&post.timer);
    weft_loop_deinit(&post.loop);
}

/* --- the loop */

static void stop(void *ctx)
{
    weft_loop_stop(ctx);
}

CASE_DISTURBED(a_stop_interrupts_the_loop_at_any_moment)
{
    struct disturb interrupt;
    weft_loop_t loop;
    struct looker looker = {.enough = 1};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_spawn(&loop.executor, looker_task(&looker)), 0);
    attach(&interrupt, stop, &loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    CHECK_EQ(weft_task_result(&looker.task), 5);
    disturb_end(&interrupt);
    weft_loop_deinit(&loop);
}

static void cancel_all(void *ctx)
{
    weft_loop_cancel(ctx);
}

CASE_DISTURBED(a_cancel_in_an_interrupt_after_a_stop_reaches_parked_tasks)
{
    weft_loop_t loop;
    weft_scope_t root;
    weft_event_t event = WEFT_EVENT_INIT;
    struct waiter waiters[2] = {{.event = &event}, {.event = &event}};
    struct disturb interrupt = {.handler = cancel_all,
                                .ctx = &loop,
                                .at_us = weft_deadline(WEFT_MS(1))};

    weft_loop_init(&loop, &(weft_loop_config_t){.root = &root});
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(weft_spawn(&loop.executor, waiter_task(&waiters[i])), 0);
    }
    CHECK(weft_loop_step(&loop) == WEFT_FOREVER);
    weft_loop_stop(&loop);
    disturb_begin(&interrupt);
    CHECK_EQ(weft_loop_run(&loop), 0);
    disturb_end(&interrupt);
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(weft_task_result(&waiters[i].task), WEFT_ERR_CANCELLED);
    }
    weft_loop_deinit(&loop);
}

#if TEST_IN_SIM
/* --- a lock is held for at most WEFT_STEP waiters or children */

enum { MANY = 8 * WEFT_STEP };

struct crowd {
    weft_task_t task;
    weft_await_t await;
    weft_scope_t scope;
    weft_event_t event;
    struct waiter waiter[MANY];
    bool cancel; /* the scope; else the event is set */
    unsigned served;
    unsigned most; /* served between two interrupts */
};

static bool served(const struct crowd *crowd, const struct waiter *waiter)
{
    return crowd->cancel ? waiter->task.waiter.cancel != 0
                         : waiter->await.node[0].linked == 0;
}

static void count_served(void *ctx)
{
    struct crowd *crowd = ctx;
    unsigned count = 0;

    for (int i = 0; i < MANY; i++) {
        count += served(crowd, &crowd->waiter[i]);
    }
    if (count - crowd->served > crowd->most) {
        crowd->most = count - crowd->served;
    }
    crowd->served = count;
}

static void serve(struct crowd *crowd)
{
    weft_sim_interrupt_t interrupt = {
        .handler = count_served, .ctx = crowd, .times = UINT_MAX, .one_in = 1};

    weft_sim_interrupt_attach(&interrupt);
    if (crowd->cancel) {
        weft_scope_cancel(&crowd->scope);
    } else {
        weft_event_set(&crowd->event);
    }
    weft_sim_interrupt_remove(&interrupt);
}

WEFT_TASK(crowd)
{
    int rc;
    WEFT_BEGIN;
    weft_scope_open(&self->scope, WEFT_SCOPE_FAIL_FAST, WEFT_FOREVER);
    for (int i = 0; i < MANY; i++) {
        self->waiter[i].event = &self->event;
        CHECK_EQ(weft_scope_spawn(&self->scope, waiter_task(&self->waiter[i])),
                 0);
    }
    WEFT_YIELD();
    serve(self);
    WEFT_AWAIT_RC(rc, weft_scope_join, &self->scope);
    return rc;
    WEFT_END;
}

static void run_crowd(void *ctx)
{
    struct crowd *crowd = ctx;
    weft_loop_t loop;

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_loop_run_task(&loop, crowd_task(crowd)),
             crowd->cancel ? WEFT_ERR_CANCELLED : 0);
    weft_loop_deinit(&loop);
}

/* An interrupt at every point: the core is switched nowhere. */
static void check_steps(bool cancel)
{
    static struct crowd crowd;
    weft_sim_config_t config = {.seed = 1, .calm = UINT_MAX};

    crowd = (struct crowd){.cancel = cancel, .event = WEFT_EVENT_INIT};
    CHECK_EQ(weft_sim_run(&config, run_crowd, &crowd), 0);
    CHECK_EQ(crowd.served, MANY);
    CHECK_EQ(crowd.most, WEFT_STEP);
}

CASE_ALONE(an_interrupt_gets_in_after_each_step_of_a_set)
{
    check_steps(false);
}

CASE_ALONE(an_interrupt_gets_in_after_each_step_of_a_cancel)
{
    check_steps(true);
}
#endif
