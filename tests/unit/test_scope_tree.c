/* test_scope_tree.c - scopes in scopes: levels, deadlines, shields
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"
#include "tests/support/frames.h"

/* Opens two scopes, one in the other, with a sleeping child in the inner. */
struct nest {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_scope_t outer;
    weft_scope_t inner;
    uint64_t outer_us; /* deadlines from now; 0: none */
    uint64_t inner_us;
    struct sleeper child;
    int slept; /* of the opener, between open and join of inner */
    int inner_rc;
    int after_rc; /* a wait after the inner scope, still in the outer */
    int outer_rc;
    int end_rc; /* a wait after both */
};

static uint64_t limit(uint64_t us)
{
    return us == 0 ? WEFT_FOREVER : weft_deadline(us);
}

WEFT_TASK(nest)
{
    WEFT_BEGIN;
    weft_scope_open(&self->outer, WEFT_SCOPE_FAIL_FAST, limit(self->outer_us));
    weft_scope_open(&self->inner, WEFT_SCOPE_FAIL_FAST, limit(self->inner_us));
    self->child.deadline_us = weft_deadline(WEFT_S(100));
    CHECK_EQ(weft_scope_spawn(&self->inner, sleeper_task(&self->child)), 0);
    WEFT_SLEEP_RC(self->slept, weft_deadline(WEFT_S(50)));
    WEFT_AWAIT_RC(self->inner_rc, weft_scope_join, &self->inner);
    WEFT_SLEEP_RC(self->after_rc, weft_now_us() + 1);
    WEFT_AWAIT_RC(self->outer_rc, weft_scope_join, &self->outer);
    WEFT_SLEEP_RC(self->end_rc, weft_now_us() + 1);
    return self->outer_rc;
    WEFT_END;
}

static int run_nest(struct nest *nest)
{
    weft_loop_t loop;
    int rc;

    weft_loop_init(&loop, NULL);
    rc = weft_loop_run_task(&loop, nest_task(nest));
    CHECK(weft_loop_step(&loop) == WEFT_FOREVER);
    weft_loop_deinit(&loop);
    return rc;
}

CASE(an_outer_deadline_ends_the_openers_waits_and_all_below_until_its_join)
{
    struct nest nest = {.outer_us = WEFT_MS(2)};

    CHECK_EQ(run_nest(&nest), WEFT_ERR_TIMEOUT);
    CHECK_EQ(nest.slept, WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_task_result(&nest.child.task), WEFT_ERR_CANCELLED);
    CHECK_EQ(nest.inner_rc, WEFT_ERR_CANCELLED);
    CHECK_EQ(nest.after_rc, WEFT_ERR_CANCELLED);
    CHECK_EQ(nest.end_rc, 0);
}

CASE(an_inner_deadline_ends_with_the_inner_scope)
{
    struct nest nest = {.outer_us = WEFT_S(10), .inner_us = WEFT_MS(2)};

    CHECK_EQ(run_nest(&nest), 0);
    CHECK_EQ(nest.slept, WEFT_ERR_CANCELLED);
    CHECK_EQ(nest.inner_rc, WEFT_ERR_TIMEOUT);
    CHECK_EQ(nest.after_rc, 0);
    CHECK_EQ(nest.end_rc, 0);
}

CASE(the_earliest_deadline_counts)
{
    struct nest nest = {.outer_us = WEFT_MS(2), .inner_us = WEFT_S(10)};
    uint64_t end_us = weft_deadline(WEFT_S(1));

    CHECK_EQ(run_nest(&nest), WEFT_ERR_TIMEOUT);
    CHECK_EQ(nest.inner_rc, WEFT_ERR_CANCELLED);
    CHECK(weft_now_us() < end_us);
}

CASE(a_cancelled_task_passes_it_down_and_stays_cancelled)
{
    weft_loop_t loop;
    struct nest nest = {.outer_us = 0};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_spawn(&loop.executor, nest_task(&nest)), 0);
    (void)weft_loop_step(&loop);
    weft_task_cancel(&nest.task);
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    CHECK_EQ(weft_task_result(&nest.task), WEFT_ERR_CANCELLED);
    CHECK_EQ(nest.slept, WEFT_ERR_CANCELLED);
    CHECK_EQ(nest.inner_rc, WEFT_ERR_CANCELLED);
    CHECK_EQ(nest.after_rc, WEFT_ERR_CANCELLED);
    CHECK_EQ(nest.end_rc, WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_task_result(&nest.child.task), WEFT_ERR_CANCELLED);
    weft_loop_deinit(&loop);
}

/* --- a scope opened by a task that is cancelled already */

struct late_opener {
    weft_task_t task;
    weft_await_t await;
    weft_scope_t scope;
    struct looker looker;
    int spawned;
};
WEFT_TASK(late_opener)
{
    int rc;
    WEFT_BEGIN;
    CHECK_EQ(weft_task_checkpoint(), WEFT_ERR_CANCELLED);
    weft_scope_open(&self->scope, WEFT_SCOPE_FAIL_FAST, WEFT_FOREVER);
    self->spawned = weft_scope_spawn(&self->scope, looker_task(&self->looker));
    WEFT_AWAIT_RC(rc, weft_scope_join, &self->scope);
    return rc;
    WEFT_END;
}

CASE(a_scope_opened_under_a_cancel_is_born_cancelled)
{
    weft_manual_t manual;
    struct late_opener opener = {.spawned = 0};

    weft_manual_init(&manual);
    CHECK_EQ(weft_spawn(&manual.executor, late_opener_task(&opener)), 0);
    weft_task_cancel(&opener.task);
    (void)weft_manual_drain(&manual);
    CHECK_EQ(opener.spawned, WEFT_ERR_CANCELLED);
    CHECK_EQ(opener.looker.looks, 0);
    CHECK_EQ(weft_task_result(&opener.task), WEFT_ERR_CANCELLED);
}

/* --- shields */

struct cleaner {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_scope_t shield;
    uint64_t bound_us;
    uint64_t nap_us;
    struct sleeper child;
    int before;
    int inside;
    int joined;
    int after;
};
WEFT_TASK(cleaner)
{
    WEFT_BEGIN;
    WEFT_SLEEP_RC(self->before, weft_deadline(WEFT_S(100)));
    weft_scope_open_shielded(&self->shield, WEFT_SCOPE_FAIL_FAST,
                             weft_deadline(self->bound_us));
    CHECK_EQ(weft_task_checkpoint(), 0);
    self->child.deadline_us = weft_deadline(self->nap_us);
    CHECK_EQ(weft_scope_spawn(&self->shield, sleeper_task(&self->child)), 0);
    WEFT_SLEEP_RC(self->inside, weft_deadline(self->nap_us));
    WEFT_AWAIT_RC(self->joined, weft_scope_join, &self->shield);
    WEFT_SLEEP_RC(self->after, weft_now_us() + 1);
    return 1;
    WEFT_END;
}

static void run_cleaner(struct cleaner *cleaner)
{
    weft_loop_t loop;
    struct joiner joiner = {.other = &cleaner->task};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_spawn(&loop.executor, cleaner_task(cleaner)), 0);
    (void)weft_loop_step(&loop);
    weft_task_cancel(&cleaner->task);
    CHECK_EQ(weft_loop_run_task(&loop, joiner_task(&joiner)), 1);
    CHECK_EQ(weft_task_result(&cleaner->task), 1);
    CHECK_EQ(cleaner->before, WEFT_ERR_CANCELLED);
    CHECK_EQ(cleaner->after, WEFT_ERR_CANCELLED);
    weft_loop_deinit(&loop);
}

CASE(a_shield_hides_a_cancel_from_waits_and_children_inside)
{
    struct cleaner cleaner = {.bound_us = WEFT_S(100), .nap_us = WEFT_MS(1)};

    run_cleaner(&cleaner);
    CHECK_EQ(cleaner.inside, 0);
    CHECK_EQ(cleaner.joined, 0);
    CHECK_EQ(weft_task_result(&cleaner.child.task), 7);
}

CASE(a_shield_lasts_no_longer_than_its_bound)
{
    struct cleaner cleaner = {.bound_us = WEFT_MS(1), .nap_us = WEFT_S(100)};

    run_cleaner(&cleaner);
    CHECK_EQ(cleaner.inside, WEFT_ERR_CANCELLED);
    CHECK_EQ(cleaner.joined, WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_task_result(&cleaner.child.task), WEFT_ERR_CANCELLED);
}

/* A shield hides what is outside of it, not a cancel of a child itself. */
struct keeper {
    weft_task_t task;
    weft_await_t await;
    weft_scope_t shield;
    struct sleeper child;
};
WEFT_TASK(keeper)
{
    int rc;
    WEFT_BEGIN;
    weft_scope_open_shielded(&self->shield, WEFT_SCOPE_FAIL_FAST,
                             weft_deadline(WEFT_S(50)));
    self->child.deadline_us = weft_deadline(WEFT_S(100));
    CHECK_EQ(weft_scope_spawn(&self->shield, sleeper_task(&self->child)), 0);
    WEFT_AWAIT_RC(rc, weft_scope_join, &self->shield);
    return rc;
    WEFT_END;
}

CASE(a_child_inside_a_shield_can_be_cancelled_by_itself)
{
    weft_loop_t loop;
    struct keeper keeper = {.shield.count = 0};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_spawn(&loop.executor, keeper_task(&keeper)), 0);
    (void)weft_loop_step(&loop);
    weft_task_cancel(&keeper.child.task);
    CHECK(weft_loop_step(&loop) == WEFT_FOREVER);
    CHECK_EQ(weft_task_result(&keeper.child.task), WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_task_result(&keeper.task), 0);
    weft_loop_deinit(&loop);
}

/* --- join itself is not cancellable, and has no limit of its own */

struct patient {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_scope_t scope;
    struct looker child; /* goes on when it is cancelled */
    int rc;
};
WEFT_TASK(patient)
{
    WEFT_BEGIN;
    weft_scope_open(&self->scope, WEFT_SCOPE_SUPERVISE, WEFT_FOREVER);
    CHECK_EQ(weft_scope_spawn(&self->scope, looker_task(&self->child)), 0);
    WEFT_AWAIT_UNTIL(self->rc, weft_deadline(WEFT_MS(1)), weft_scope_join,
                     &self->scope);
    WEFT_END;
}

CASE(a_limit_of_join_does_not_end_it_nor_cancel_the_scope)
{
    weft_loop_t loop;
    struct patient patient = {.rc = 1};
    struct sleeper sleeper = {.deadline_us = weft_deadline(WEFT_MS(5))};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_spawn(&loop.executor, patient_task(&patient)), 0);
    CHECK_EQ(weft_loop_run_task(&loop, sleeper_task(&sleeper)), 7);
    CHECK(weft_task_live(&patient.task));
    CHECK(!weft_scope_cancelled(&patient.scope));
    patient.child.enough = 1;
    weft_task_wake(&patient.child.task);
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    CHECK_EQ(patient.rc, 0);
    weft_loop_deinit(&loop);
}
