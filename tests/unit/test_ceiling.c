/* test_ceiling.c - ceiling locks between interrupt priorities
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/levels.h"
#include "weft/ceiling.h"

/* --- the declaration */

CASE(the_ceiling_is_the_highest_priority_that_is_declared)
{
    static const weft_ceiling_t one = WEFT_CEILING(0);
    static const weft_ceiling_t two = WEFT_CEILING(3, 1);
    static const weft_ceiling_t all = WEFT_CEILING(0, 7, 2, 31, 4, 5, 6, 1);
    static const weft_ceiling_t there = WEFT_CEILING_ON(1, 0, 2);

    CHECK_EQ(one.priority, 0);
    CHECK_EQ(one.users, 1);
    CHECK_EQ(two.priority, 3);
    CHECK_EQ(two.users, 10);
    CHECK_EQ(all.priority, 31);
    CHECK_EQ(all.users, INT64_C(0x800000f7));
    CHECK_EQ(two.core, 0);
    CHECK_EQ(there.core, 1);
    CHECK_EQ(there.priority, 2);
}

CASE(a_priority_or_core_that_is_not_there_is_found_at_the_start)
{
    static const weft_ceiling_t plain = WEFT_CEILING(0);
    static const weft_ceiling_t high = WEFT_CEILING(0, 31);
    static const weft_ceiling_t far = WEFT_CEILING_ON(200, 0);

    CHECK_EQ(weft_ceiling_check(&plain), 0);
    CHECK_EQ(weft_ceiling_check(&high), WEFT_ERR_INVALID);
    CHECK_EQ(weft_ceiling_check(&far), WEFT_ERR_INVALID);
}

/* --- what it keeps out */

/* Notes that it has run. */
struct marker {
    weft_task_t task;
    uint8_t ran;
};
WEFT_TASK(marker)
{
    WEFT_BEGIN;
    weft_atomic_store_release_u8(&self->ran, 1);
    return 0;
    WEFT_END;
}

static struct marker markers[BENCH_LEVELS + 1];

static void mark_from(struct bench *bench, unsigned level)
{
    markers[level] = (struct marker){.ran = 0};
    CHECK_EQ(
        weft_spawn(bench_executor(bench, level), marker_task(&markers[level])),
        0);
}

/* Long enough for what is not kept out. */
static bool ran(unsigned level)
{
    for (int i = 0; i < 100; i++) {
        weft_hook_spin();
    }
    return weft_atomic_load_acquire_u8(&markers[level].ran) != 0;
}

static const weft_ceiling_t with_one = WEFT_CEILING(0, 1);
static const weft_ceiling_t with_two = WEFT_CEILING(0, 1, 2);

CASE_LEVELS(it_keeps_out_its_users_until_the_unlock, 2)
{
    struct bench *bench = bench_start(2);
    weft_ceiling_key_t key;

    CHECK_EQ(weft_ceiling_check(&with_two), 0);
    key = weft_ceiling_lock(&with_two);
    mark_from(bench, 1);
    mark_from(bench, 2);
    CHECK(!ran(1) && !ran(2));
    weft_ceiling_unlock(key);
    spin_until_set(&markers[2].ran);
    spin_until_set(&markers[1].ran);
    bench_stop(bench);
}

/* Whether who is above a ceiling gets in. A chip with one mask for all
 * interrupts keeps out more than it must. */
static bool lets_in_above(void)
{
    struct bench *bench = bench_start(3);
    weft_ceiling_key_t key = weft_ceiling_lock(&with_two);
    bool let_in;

    mark_from(bench, 3);
    let_in = ran(3);
    weft_ceiling_unlock(key);
    bench_stop(bench);
    CHECK(let_in || TEST_ON_BOARD);
    return let_in;
}

#define ONE_MASK "this chip has one mask for all interrupts"

CASE_LEVELS(it_does_not_delay_who_is_above, 3)
{
    if (!lets_in_above()) {
        SKIP(ONE_MASK);
    }
}

CASE_LEVELS(the_higher_of_two_that_are_nested_counts, 3)
{
    struct bench *bench;
    weft_ceiling_key_t outer;
    weft_ceiling_key_t inner;

    if (!lets_in_above()) {
        SKIP(ONE_MASK);
    }
    bench = bench_start(3);
    outer = weft_ceiling_lock(&with_one);
    inner = weft_ceiling_lock(&with_two);
    mark_from(bench, 1);
    mark_from(bench, 2);
    CHECK(!ran(2));
    weft_ceiling_unlock(inner);
    spin_until_set(&markers[2].ran);
    CHECK(!ran(1));
    weft_ceiling_unlock(outer);
    spin_until_set(&markers[1].ran);

    outer = weft_ceiling_lock(&with_two);
    inner = weft_ceiling_lock(&with_one);
    mark_from(bench, 2);
    CHECK(!ran(2));
    weft_ceiling_unlock(inner);
    CHECK(!ran(2));
    weft_ceiling_unlock(outer);
    spin_until_set(&markers[2].ran);
    bench_stop(bench);
}

CASE_LEVELS(objects_of_weft_are_used_inside_and_leave_it_as_it_was, 2)
{
    struct bench *bench = bench_start(2);
    weft_event_t event = WEFT_EVENT_INIT;
    struct waiter waiter = {.event = &event};
    weft_ceiling_key_t key;

    CHECK_EQ(weft_spawn(bench_executor(bench, 2), waiter_task(&waiter)), 0);
    key = weft_ceiling_lock(&with_two);
    weft_event_set(&event);
    mark_from(bench, 1);
    CHECK(!ran(1));
    CHECK(!weft_task_finished(&waiter.task));
    weft_ceiling_unlock(key);
    spin_until_set(&markers[1].ran);
    spin_until_finished(&waiter.task);
    bench_stop(bench);
}

/* --- several change the same */

static struct {
    unsigned sum;
    unsigned check;
} shared;

struct counter {
    weft_task_t task;
    int left;
};
WEFT_TASK(counter)
{
    WEFT_BEGIN;
    while (self->left-- > 0) {
        weft_ceiling_key_t key = weft_ceiling_lock(&with_two);
        unsigned seen = shared.sum;
        weft_hook_spin();
        CHECK_EQ(shared.check, ~seen);
        shared.sum = seen + 1;
        shared.check = ~(seen + 1);
        weft_ceiling_unlock(key);
        WEFT_YIELD();
    }
    return 0;
    WEFT_END;
}

CASE_LEVELS(what_three_priorities_change_is_never_torn, 2)
{
    enum { TIMES = 10 };
    struct bench *bench = bench_start(2);
    struct counter counters[3];

    shared.sum = 0;
    shared.check = ~0u;
    for (unsigned i = 0; i < 3; i++) {
        counters[i] = (struct counter){.left = TIMES};
        CHECK_EQ(
            weft_spawn(bench_executor(bench, i), counter_task(&counters[i])),
            0);
    }
    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQ(bench_join(bench, &counters[i].task), 0);
    }
    CHECK_EQ(shared.sum, 3 * TIMES);
    bench_stop(bench);
}

/* --- who may not take it */

struct stranger {
    weft_task_t task;
    const weft_ceiling_t *ceiling;
};
WEFT_TASK(stranger)
{
    WEFT_BEGIN;
    weft_ceiling_unlock(weft_ceiling_lock(self->ceiling));
    return 0;
    WEFT_END;
}

CASE_LEVELS(a_lock_from_above_its_ceiling_is_an_assertion, 2)
{
    struct stranger stranger = {.ceiling = &with_one};

    CHECK_DIES(
        {
            struct bench *bench = bench_start(2);
            (void)weft_spawn(bench_executor(bench, 2),
                             stranger_task(&stranger));
            bench_pause(bench, WEFT_MS(1));
        },
        "a ceiling lock taken from above its ceiling");
}

CASE(a_lock_on_another_core_is_an_assertion)
{
    static const weft_ceiling_t there = WEFT_CEILING_ON(1, 0);

    CHECK_DIES((void)weft_ceiling_lock(&there),
               "a ceiling lock taken on another core than its own");
}
