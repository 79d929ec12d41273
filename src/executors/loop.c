/* loop.c - the executor of one thread or core
 * SPDX-License-Identifier: MIT
 *
 * One turn: take the inbox, fire what is due, run at most a batch of what is
 * ready. Then, if nothing is ready, announce sleep in the inbox word: whoever
 * posts next replaces the announcement and kicks. docs/internals/loop.md.
 */
#include "weft/loop.h"

#include "core/home.h"
#include "core/run.h"
#include "core/scope.h"
#include "core/timers.h"
#include "executors/left.h"
#include "executors/look.h"

static int check_stop_limit(weft_loop_t *loop);

static const weft_executor_ops_t loop_ops = {"loop", NULL};

void weft__loop_init(weft_loop_t *loop)
{
    *loop = (weft_loop_t){
        .executor = {&loop_ops, &loop->home},
        .stop_post = {.run = weft__run_nothing},
    };
    weft__home_init(&loop->home, &loop->executor);
    loop->home.alone = 1;
    loop->home.timers = &loop->timers;
}

int weft__loop_configure(weft_loop_t *loop, const weft_loop_config_t *config)
{
    loop->home.scheduler = config->scheduler;
    loop->home.kick = config->kick;
    loop->home.kick_ctx = config->kick_ctx;
    loop->home.root = config->root;
    if (config->root != NULL) {
        weft__scope_init_root(config->root, &loop->home);
    }
    loop->stop_limit_us = config->stop_limit_us;
    if (config->stop_limit_us != 0) {
        loop->check_limit = check_stop_limit;
    }
    loop->left = config->left;
    loop->left_ctx = config->left_ctx;
    return WEFT_OK;
}

void weft_timer_init(weft_timer_t *timer, weft_loop_t *loop, weft_timer_fn *fn,
                     void *ctx)
{
    weft__timer_init(timer, &loop->home, fn, ctx);
}

void weft_loop_deinit(weft_loop_t *loop)
{
    uintptr_t live = weft__home_live(&loop->home);

    WEFT_ASSERT(weft__local()->home != &loop->home,
                "deinit of a loop that is running");
    WEFT_ASSERT(live <= WEFT__STOPPING, "deinit of a loop with live tasks");
    (void)live;
    loop->executor.home = NULL;
}

/* Whether run_task's task is done: then the others wait. */
static bool done(const weft_task_t *until)
{
    return until != NULL && weft_task_finished(until);
}

/* One turn. False: nothing is ready now. */
static bool turn(weft_loop_t *loop, const weft_task_t *until)
{
    weft_home_t *home = &loop->home;
    uint32_t runs = loop->runs;
    int left;

    weft__home_collect(home);
    weft__timers_look(home);
    for (left = WEFT_LOOP_BATCH; left > 0 && !done(until); left--) {
        weft_link_t *entry = weft__home_next(home);
        if (entry == NULL) {
            return false;
        }
        weft__look_run(&loop->runs, ++runs);
        (void)weft__home_dispatch_inlined(home, entry);
    }
    return true;
}

static void sleep_until(weft_home_t *home, uint64_t deadline_us)
{
    uint64_t now_us = 0;

    if (WEFT_SPIN > 0) {
        now_us = weft_port_now_us();
        if (deadline_us <= now_us || weft__home_spin(home)) {
            return;
        }
    }
    if (weft__inbox_announce(&home->inbox)) {
        weft_port_sleep(&home->inbox.word, WEFT__ASLEEP, deadline_us);
        /* collect takes ASLEEP back */
        if (WEFT_SPIN > 0) {
            weft__home_slept(home, now_us);
        }
    }
}

/* 0: go on; WEFT_ERR_TIMEOUT: the limit of a stop has passed. */
static int check_stop_limit(weft_loop_t *loop)
{
    if (loop->stop_deadline_us == 0) {
        loop->stop_deadline_us = weft_deadline(loop->stop_limit_us);
    }
    if (weft_port_now_us() < loop->stop_deadline_us) {
        return WEFT_OK;
    }
    weft__tell_left(loop->home.root,
                    &(struct weft__left){loop->left, loop->left_ctx, false});
    loop->stop_deadline_us = 0;
    return WEFT_ERR_TIMEOUT;
}

/* WEFT_PENDING: go on; else what run returns. */
static int check_end(weft_loop_t *loop, const weft_task_t *until)
{
    uintptr_t live;

    if (done(until)) {
        return weft_task_result(until);
    }
    live = weft__home_live(&loop->home);
    if (live == WEFT__STOPPING && until == NULL) {
        return WEFT_OK;
    }
    if ((live & WEFT__STOPPING) != 0 && until == NULL &&
        loop->check_limit != NULL && loop->check_limit(loop) < 0) {
        return WEFT_ERR_TIMEOUT;
    }
    return WEFT_PENDING;
}

static uint64_t next_time(weft_loop_t *loop)
{
    uint64_t stop = loop->stop_deadline_us;
    uint64_t due = weft__timers_due(&loop->home);

    return stop != 0 && stop < due ? stop : due;
}

static int run(weft_loop_t *loop, const weft_task_t *until)
{
    weft_local_t outer = weft__home_entered(&loop->home);
    int rc = WEFT_PENDING;

    WEFT_ASSERT(outer.home != &loop->home, "a loop run inside itself");
    weft__look_at(&loop->local, weft__local());
    while (rc == WEFT_PENDING) {
        bool busy = turn(loop, until);
        rc = check_end(loop, until);
        if (rc == WEFT_PENDING && !busy) {
            sleep_until(&loop->home, next_time(loop));
        }
    }
    weft__look_at(&loop->local, NULL);
    weft__home_left(outer);
    return rc;
}

int weft_loop_run(weft_loop_t *loop)
{
    return run(loop, NULL);
}

int weft_loop_run_task(weft_loop_t *loop, weft_task_t *task)
{
    int rc = weft_spawn(&loop->executor, task);

    return rc < 0 ? rc : run(loop, task);
}

uint64_t weft_loop_step(weft_loop_t *loop)
{
    weft_local_t outer = weft__home_entered(&loop->home);
    bool busy;

    WEFT_ASSERT(outer.home != &loop->home, "a loop stepped inside itself");
    weft__look_at(&loop->local, weft__local());
    busy = turn(loop, NULL);
    (void)check_end(loop, NULL); /* tells who outlives the limit of a stop */
    weft__look_at(&loop->local, NULL);
    weft__home_left(outer);
    if (busy || !weft__inbox_announce(&loop->home.inbox)) {
        return weft_port_now_us();
    }
    return next_time(loop);
}

uint64_t weft_loop_next(const weft_loop_t *loop)
{
    return weft__timers_due(&loop->home);
}

weft_look_t weft_loop_look(const weft_loop_t *loop)
{
    return weft__look(&loop->home, &loop->local, &loop->runs);
}

void weft_loop_stop(weft_loop_t *loop)
{
    weft__home_stop(&loop->home, &loop->stop_post);
}

void weft_loop_cancel(weft_loop_t *loop)
{
    WEFT_ASSERT(loop->home.root != NULL,
                "weft_loop_cancel of a loop without a root scope");
    weft_scope_cancel(loop->home.root);
}

weft_loop_t *weft_loop_current(void)
{
    weft_executor_t *executor =
        weft__in_interrupt() ? NULL : weft__local()->executor;

    return executor == NULL || executor->ops != &loop_ops
               ? NULL
               : WEFT_CONTAINER_OF(executor, weft_loop_t, executor);
}
