/* test_scope.c - scopes: join, policies, close, deadline, misuse
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"
#include "tests/support/frames.h"

/* Sleeps, then ends with a result of its own. */
struct child {
    weft_task_t task;
    weft_timer_node_t timer;
    uint64_t nap_us;
    int result;
    int slept; /* what the sleep gave */
};
WEFT_TASK(child)
{
    WEFT_BEGIN;
    WEFT_SLEEP_RC(self->slept, weft_deadline(self->nap_us));
    return self->slept < 0 ? self->slept : self->result;
    WEFT_END;
}

enum { CHILDREN = 3 };

struct parent {
    weft_task_t task;
    weft_await_t await;
    weft_scope_t scope;
    enum weft_scope_policy policy;
    uint64_t limit_us; /* 0: none */
    struct child child[CHILDREN];
    int failures[2];
    weft_scope_failure_fn *on_failure;
    void *ctx;
    bool close;
    bool cancel;
};

static void parent_open(struct parent *self)
{
    weft_scope_open(&self->scope, self->policy,
                    self->limit_us == 0 ? WEFT_FOREVER
                                        : weft_deadline(self->limit_us));
    self->scope.failures = self->failures;
    self->scope.failures_max = 2;
    self->scope.on_failure = self->on_failure;
    self->scope.on_failure_ctx = self->ctx;
    for (int i = 0; i < CHILDREN; i++) {
        CHECK_EQ(weft_scope_spawn(&self->scope, child_task(&self->child[i])),
                 0);
        CHECK_EQ(weft_scope_count(&self->scope), i + 1);
    }
}

WEFT_TASK(parent)
{
    int rc;
    WEFT_BEGIN;
    parent_open(self);
    if (self->close) {
        weft_scope_close(&self->scope);
        weft_scope_close(&self->scope);
    }
    if (self->cancel) {
        weft_scope_cancel(&self->scope);
        weft_scope_cancel(&self->scope);
    }
    WEFT_AWAIT_RC(rc, weft_scope_join, &self->scope);
    return rc;
    WEFT_END;
}

static int run_parent(struct parent *parent)
{
    weft_loop_t loop;
    int rc;

    weft_loop_init(&loop, NULL);
    rc = weft_loop_run_task(&loop, parent_task(parent));
    for (int i = 0; i < CHILDREN; i++) {
        CHECK(weft_task_finished(&parent->child[i].task));
    }
    CHECK(weft_loop_step(&loop) == WEFT_FOREVER);
    weft_loop_deinit(&loop);
    return rc;
}

static int result_of(const struct parent *parent, int i)
{
    return weft_task_result(&parent->child[i].task);
}

/* --- join and policies */

CASE(join_waits_for_all)
{
    struct parent parent = {.limit_us = 0};
    uint64_t end_us = weft_deadline(WEFT_MS(3));

    for (unsigned i = 0; i < CHILDREN; i++) {
        parent.child[i].nap_us = WEFT_MS(i + 1);
        parent.child[i].result = (int)i + 1;
    }
    CHECK_EQ(run_parent(&parent), 0);
    CHECK(weft_now_us() >= end_us);
    CHECK_EQ(parent.scope.failure_count, 0);
}

CASE(fail_fast_cancels_the_others_and_gives_the_first_error)
{
    struct parent parent = {.policy = WEFT_SCOPE_FAIL_FAST};

    parent.child[0].nap_us = WEFT_S(100);
    parent.child[1].nap_us = WEFT_MS(1);
    parent.child[1].result = WEFT_ERR_USER - 7;
    parent.child[2].nap_us = WEFT_S(100);
    CHECK_EQ(run_parent(&parent), WEFT_ERR_USER - 7);
    CHECK_EQ(result_of(&parent, 0), WEFT_ERR_CANCELLED);
    CHECK_EQ(result_of(&parent, 2), WEFT_ERR_CANCELLED);
    CHECK_EQ(parent.scope.failure_count, 1);
    CHECK_EQ(parent.scope.first_error, WEFT_ERR_USER - 7);
    CHECK_EQ(parent.failures[0], WEFT_ERR_USER - 7);
}

struct told {
    const weft_task_t *tasks[4];
    int rcs[4];
    int count;
};

static void tell(weft_scope_t *scope, weft_task_t *task, int rc, void *ctx)
{
    struct told *told = ctx;

    CHECK(weft_scope_count(scope) > 0);
    told->tasks[told->count] = task;
    told->rcs[told->count++] = rc;
}

CASE(supervise_tells_each_failure_and_the_others_go_on)
{
    struct told told = {.count = 0};
    struct parent parent = {
        .policy = WEFT_SCOPE_SUPERVISE, .on_failure = tell, .ctx = &told};

    for (unsigned i = 0; i < CHILDREN; i++) {
        parent.child[i].nap_us = WEFT_MS(i + 1);
        parent.child[i].result = i == 1 ? 0 : -50 - (int)i;
    }
    CHECK_EQ(run_parent(&parent), 0);
    CHECK_EQ(told.count, 2);
    CHECK(told.tasks[0] == &parent.child[0].task);
    CHECK(told.tasks[1] == &parent.child[2].task);
    CHECK_EQ(told.rcs[1], -52);
    CHECK_EQ(result_of(&parent, 1), 0);
    CHECK_EQ(parent.scope.failure_count, 2);
    CHECK_EQ(parent.scope.first_error, -50);
    CHECK_EQ(parent.failures[1], -52);
}

CASE(the_list_of_failures_is_bounded_the_count_is_not)
{
    struct parent parent = {.policy = WEFT_SCOPE_SUPERVISE};

    for (unsigned i = 0; i < CHILDREN; i++) {
        parent.child[i].result = -60 - (int)i;
    }
    CHECK_EQ(run_parent(&parent), 0);
    CHECK_EQ(parent.scope.failure_count, 3);
    CHECK_EQ(parent.failures[0], -60);
    CHECK_EQ(parent.failures[1], -61);
}

/* One child at a time, which fails, more often than the count can tell. */
struct unlucky {
    weft_task_t task;
    weft_await_t await;
    weft_scope_t scope;
    struct failing {
        weft_task_t task;
    } failing;
    unsigned left;
};
WEFT_TASK(failing)
{
    (void)self;
    return -70;
}

WEFT_TASK(unlucky)
{
    int rc;
    WEFT_BEGIN;
    weft_scope_open(&self->scope, WEFT_SCOPE_SUPERVISE, WEFT_FOREVER);
    for (; self->left > 0; self->left--) {
        CHECK_EQ(weft_scope_spawn(&self->scope, failing_task(&self->failing)),
                 0);
        WEFT_YIELD();
    }
    WEFT_AWAIT_RC(rc, weft_scope_join, &self->scope);
    return rc;
    WEFT_END;
}

CASE_ALONE(the_count_of_failures_stays_at_its_end)
{
    weft_manual_t manual;
    struct unlucky unlucky = {.left = UINT16_MAX + 2};

    weft_manual_init(&manual);
    CHECK_EQ(weft_spawn(&manual.executor, unlucky_task(&unlucky)), 0);
    (void)weft_manual_drain(&manual);
    CHECK_EQ(weft_task_result(&unlucky.task), 0);
    CHECK_EQ(unlucky.scope.failure_count, UINT16_MAX);
    CHECK_EQ(unlucky.scope.first_error, -70);
}

CASE(first_success_cancels_the_others_and_gives_its_result)
{
    struct parent parent = {.policy = WEFT_SCOPE_FIRST_SUCCESS};

    parent.child[0].nap_us = WEFT_MS(1);
    parent.child[0].result = -9;
    parent.child[1].nap_us = WEFT_MS(2);
    parent.child[1].result = 11;
    parent.child[2].nap_us = WEFT_S(100);
    CHECK_EQ(run_parent(&parent), 11);
    CHECK_EQ(result_of(&parent, 2), WEFT_ERR_CANCELLED);
    CHECK_EQ(parent.scope.failure_count, 1);
}

CASE(first_success_without_any_gives_the_first_error)
{
    struct parent parent = {.policy = WEFT_SCOPE_FIRST_SUCCESS};

    for (unsigned i = 0; i < CHILDREN; i++) {
        parent.child[i].nap_us = WEFT_MS(20) * (CHILDREN - i);
        parent.child[i].result = -40 - (int)i;
    }
    CHECK_EQ(run_parent(&parent), -42);
}

CASE(a_cancelled_child_is_no_failure)
{
    struct parent parent = {.policy = WEFT_SCOPE_FAIL_FAST};

    parent.child[1].result = WEFT_ERR_CANCELLED;
    CHECK_EQ(run_parent(&parent), 0);
    CHECK_EQ(parent.scope.failure_count, 0);
}

/* --- cancel, close, deadline */

CASE(a_cancelled_scope_cancels_each_wait_and_join_says_so)
{
    struct parent parent = {.cancel = true};

    for (int i = 0; i < CHILDREN; i++) {
        parent.child[i].nap_us = WEFT_S(100);
    }
    CHECK_EQ(run_parent(&parent), WEFT_ERR_CANCELLED);
    for (int i = 0; i < CHILDREN; i++) {
        CHECK_EQ(result_of(&parent, i), WEFT_ERR_CANCELLED);
    }
    CHECK(weft_scope_cancelled(&parent.scope));
}

CASE(a_closed_scope_goes_on_and_takes_no_more)
{
    struct parent parent = {.close = true};

    CHECK_EQ(run_parent(&parent), 0);
    CHECK(!weft_scope_cancelled(&parent.scope));
}

CASE(the_deadline_cancels_and_join_says_timeout)
{
    struct parent parent = {.limit_us = WEFT_MS(2)};
    uint64_t end_us = weft_deadline(WEFT_MS(2));

    for (int i = 0; i < CHILDREN; i++) {
        parent.child[i].nap_us = WEFT_S(100);
    }
    CHECK_EQ(run_parent(&parent), WEFT_ERR_TIMEOUT);
    CHECK(weft_now_us() >= end_us);
    for (int i = 0; i < CHILDREN; i++) {
        CHECK_EQ(result_of(&parent, i), WEFT_ERR_CANCELLED);
    }
}

CASE(a_deadline_that_did_not_come_leaves_no_timer)
{
    struct parent parent = {.limit_us = WEFT_S(100)};

    CHECK_EQ(run_parent(&parent), 0);
}

/* --- refused spawns: the function never runs */

struct refusal {
    weft_task_t task;
    weft_await_t await;
    weft_scope_t scope;
    struct looker looker;
    bool cancel;
    int refused;
};
WEFT_TASK(refusal)
{
    int rc;
    WEFT_BEGIN;
    self->looker.enough = 1;
    weft_scope_open(&self->scope, WEFT_SCOPE_FAIL_FAST, WEFT_FOREVER);
    if (self->cancel) {
        weft_scope_cancel(&self->scope);
    } else {
        weft_scope_close(&self->scope);
    }
    self->refused = weft_scope_spawn(&self->scope, looker_task(&self->looker));
    WEFT_AWAIT_RC(rc, weft_scope_join, &self->scope);
    CHECK_EQ(weft_scope_spawn(&self->scope, &self->looker.task),
             self->cancel ? WEFT_ERR_CANCELLED : WEFT_ERR_CLOSED);
    return rc;
    WEFT_END;
}

CASE(a_spawn_into_a_closed_or_cancelled_scope_is_refused)
{
    weft_loop_t loop;
    struct refusal refusal = {.cancel = false};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_loop_run_task(&loop, refusal_task(&refusal)), 0);
    CHECK_EQ(refusal.refused, WEFT_ERR_CLOSED);
    refusal.cancel = true;
    CHECK_EQ(weft_loop_run_task(&loop, refusal_task(&refusal)),
             WEFT_ERR_CANCELLED);
    CHECK_EQ(refusal.refused, WEFT_ERR_CANCELLED);
    CHECK_EQ(refusal.looker.looks, 0);
    CHECK(!weft_task_live(&refusal.looker.task));
    weft_loop_deinit(&loop);
}

/* --- misuse */

struct misuse {
    weft_task_t task;
    weft_await_t await;
    weft_scope_t scope[2];
    int what;
};
WEFT_TASK(misuse)
{
    int rc;
    WEFT_BEGIN;
    weft_scope_open(&self->scope[0], WEFT_SCOPE_FAIL_FAST, WEFT_FOREVER);
    if (self->what == 0) {
        return 0;
    }
    if (self->what == 1) {
        weft_scope_open(&self->scope[1], WEFT_SCOPE_FAIL_FAST, WEFT_FOREVER);
    }
    WEFT_AWAIT_RC(rc, weft_scope_join, &self->scope[0]);
    if (self->what == 2) {
        WEFT_AWAIT_RC(rc, weft_scope_join, &self->scope[0]);
    }
    if (self->what == 3) {
        weft_scope_open_shielded(&self->scope[0], WEFT_SCOPE_FAIL_FAST,
                                 WEFT_FOREVER);
    }
    WEFT_END;
}

static void run_misuse(int what)
{
    weft_manual_t manual;
    struct misuse misuse = {.what = what};

    weft_manual_init(&manual);
    (void)weft_spawn(&manual.executor, misuse_task(&misuse));
    (void)weft_manual_drain(&manual);
}

CASE(leaving_without_join_a_wrong_order_or_no_bound_is_an_assertion)
{
    CHECK_DIES(run_misuse(0), "a task left a scope without join");
    CHECK_DIES(run_misuse(1),
               "a scope joined while one opened later is open, or twice");
    CHECK_DIES(run_misuse(2),
               "a scope joined while one opened later is open, or twice");
    CHECK_DIES(run_misuse(3), "a shield without a bound");
    run_misuse(4);
}
