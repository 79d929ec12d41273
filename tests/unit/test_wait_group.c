/* test_wait_group.c - the wait group: count, wait, reuse; who may not
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/fibers.h"

struct member {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_wait_group_t *group;
    uint64_t deadline_us;
};
WEFT_TASK(member)
{
    int rc;
    WEFT_BEGIN;
    if (self->deadline_us == 0) {
        WEFT_AWAIT_RC(rc, weft_wait_group_wait, self->group);
    } else {
        WEFT_AWAIT_UNTIL(rc, self->deadline_us, weft_wait_group_wait,
                         self->group);
    }
    return rc;
    WEFT_END;
}

static void park(weft_manual_t *manual, weft_wait_group_t *group,
                 struct member *members, int count)
{
    for (int i = 0; i < count; i++) {
        members[i] = (struct member){.group = group};
        CHECK_EQ(weft_spawn(&manual->executor, member_task(&members[i])), 0);
    }
    (void)weft_manual_drain(manual);
}

static int finished(const struct member *members, int count)
{
    int n = 0;

    for (int i = 0; i < count; i++) {
        n += weft_task_finished(&members[i].task);
    }
    return n;
}

CASE(nothing_to_be_done_is_not_waited_for)
{
    weft_wait_group_t group;

    weft_wait_group_init(&group);
    CHECK_EQ(weft_wait_group_count(&group), 0);
    CHECK_EQ(weft_wait_group_try_wait(&group), 0);
    CHECK_EQ(weft_wait_group_wait(&group), 0);
    CHECK_EQ(weft_wait_group_wait_until(&group, 0), 0);
    weft_wait_group_add(&group, 0);
    CHECK_EQ(weft_wait_group_try_wait(&group), 0);
}

CASE(the_last_done_ends_all_waits)
{
    enum { FEW = WEFT_STEP + 2 };
    weft_wait_group_t group = WEFT_WAIT_GROUP_INIT;
    weft_manual_t manual;
    struct member members[FEW];

    weft_manual_init(&manual);
    weft_wait_group_add(&group, 3);
    weft_wait_group_add(&group, 1);
    park(&manual, &group, members, FEW);
    for (int left = 4; left > 0; left--) {
        CHECK_EQ(finished(members, FEW), 0);
        CHECK_EQ(weft_wait_group_count(&group), left);
        CHECK_EQ(weft_wait_group_try_wait(&group), WEFT_ERR_BUSY);
        weft_wait_group_done(&group);
        (void)weft_manual_drain(&manual);
    }
    CHECK_EQ(finished(members, FEW), FEW);
    CHECK_EQ(weft_wait_group_try_wait(&group), 0);
}

CASE(it_is_used_again_before_the_waiters_have_run)
{
    weft_wait_group_t group = WEFT_WAIT_GROUP_INIT;
    weft_manual_t manual;
    struct member members[4];

    weft_manual_init(&manual);
    for (int round = 0; round < 3; round++) {
        weft_wait_group_add(&group, 1);
        park(&manual, &group, members, 2);
        weft_wait_group_done(&group);
        weft_wait_group_add(&group, 1);
        park(&manual, &group, members + 2, 1);
        CHECK_EQ(finished(members, 3), 2);
        weft_wait_group_done(&group);
        CHECK_EQ(weft_manual_drain(&manual), 1);
        CHECK_EQ(finished(members, 3), 3);
    }
}

CASE(who_leaves_by_cancel_or_limit_leaves_the_count)
{
    weft_wait_group_t group = WEFT_WAIT_GROUP_INIT;
    weft_loop_t loop;
    struct member members[3] = {{.group = &group}};

    weft_loop_init(&loop, NULL);
    weft_wait_group_add(&group, 1);
    for (int i = 0; i < 3; i++) {
        members[i].group = &group;
        CHECK_EQ(weft_spawn(&loop.executor, member_task(&members[i])), 0);
    }
    members[1].deadline_us = weft_deadline(WEFT_MS(1));
    (void)weft_loop_step(&loop);
    weft_task_cancel(&members[0].task);
    CHECK_EQ(weft_wait_group_wait_until(&group, weft_now_us()),
             WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_wait_group_wait_until(&group, weft_deadline(WEFT_MS(2))),
             WEFT_ERR_TIMEOUT);
    (void)weft_loop_step(&loop);
    CHECK_EQ(weft_task_result(&members[0].task), WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_task_result(&members[1].task), WEFT_ERR_TIMEOUT);
    CHECK(!weft_task_finished(&members[2].task));
    weft_wait_group_done(&group);
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    CHECK_EQ(weft_task_result(&members[2].task), 0);
    weft_loop_deinit(&loop);
}

static int wait_in_a_fiber(void *ctx)
{
    return weft_wait_group_wait_until(ctx, weft_deadline(WEFT_MS(1)));
}

CASE(a_fiber_waits_for_it)
{
    weft_wait_group_t group = WEFT_WAIT_GROUP_INIT;

    CHECK_EQ(in_a_fiber(wait_in_a_fiber, &group), 0);
    weft_wait_group_add(&group, 1);
    CHECK_EQ(in_a_fiber(wait_in_a_fiber, &group), WEFT_ERR_TIMEOUT);
}

CASE(a_loop_of_ready_waits_lets_others_run)
{
    weft_wait_group_t group = WEFT_WAIT_GROUP_INIT;
    weft_await_t await;
    int i = 0;

    while (weft_wait_group_wait_begin(&await, &group) == 0 && i < 10000) {
        i++;
    }
    CHECK(i < 10000);
    while (weft_await_poll(&await) == WEFT_PENDING) {
        (void)weft_yield();
    }
}

/* --- bad input */

CASE(done_below_zero_and_a_count_too_high_are_assertions)
{
    weft_wait_group_t group = WEFT_WAIT_GROUP_INIT;

    CHECK_DIES(weft_wait_group_done(&group),
               "done of a wait group that counts none");
    weft_wait_group_add(&group, WEFT_WAIT_GROUP_MAX);
    CHECK_EQ(weft_wait_group_count(&group), WEFT_WAIT_GROUP_MAX);
    CHECK_DIES(weft_wait_group_add(&group, 1),
               "a wait group that is to count too many");
    CHECK_DIES(weft_wait_group_add(&group, UINT32_MAX),
               "a wait group that is to count too many");
    weft_wait_group_done(&group);
    weft_wait_group_add(&group, 1);
}
