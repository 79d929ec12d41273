/* test_isr_levels.c - executors of several interrupt priorities
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/fibers.h"
#include "tests/support/levels.h"

/* --- who preempts whom */

/* Notes that it runs, wakes the next higher one, waits until that has ended,
 * without leaving, and notes that it ends. */
struct nested {
    weft_task_t task;
    struct bench *bench;
    struct diary *diary;
    struct nested *above;
    char name;
    uint8_t ended;
};
WEFT_TASK(nested)
{
    WEFT_BEGIN;
    note(self->diary, self->name);
    CHECK(!weft_port_in_interrupt());
    if (self->above != NULL) {
        CHECK_EQ(weft_spawn(bench_executor(self->bench,
                                           (unsigned)(self->above->name - '0')),
                            nested_task(self->above)),
                 0);
        spin_until_set(&self->above->ended);
    }
    CHECK_EQ(weft_port_priority(), (unsigned)(self->name - '0'));
    note(self->diary, (char)(self->name + 'a' - '0'));
    weft_atomic_store_release_u8(&self->ended, 1);
    return self->name;
    WEFT_END;
}

CASE_LEVELS(three_levels_nest_each_within_a_run_of_the_one_below, 3)
{
    struct bench *bench = bench_start(3);
    struct diary diary = {.next = 0};
    struct nested nested[4];

    for (int i = 3; i >= 0; i--) {
        nested[i] = (struct nested){.bench = bench,
                                    .diary = &diary,
                                    .above = i < 3 ? &nested[i + 1] : NULL,
                                    .name = (char)('0' + i)};
    }
    CHECK_EQ(weft_loop_run_task(&bench->loop, nested_task(&nested[0])), '0');
    CHECK_STR_EQ(diary.text, "0123dcba");
    for (int i = 1; i < 4; i++) {
        CHECK_EQ(bench_join(bench, &nested[i].task), '0' + i);
    }
    bench_stop(bench);
}

/* Wakes a lower one and lets time pass: that one must not run meanwhile. */
struct higher {
    weft_task_t task;
    weft_event_t *event;
    uint8_t inside;
};
WEFT_TASK(higher)
{
    WEFT_BEGIN;
    self->inside = 1;
    weft_event_set(self->event);
    for (int i = 0; i < 50; i++) {
        weft_hook_spin();
    }
    self->inside = 0;
    return 0;
    WEFT_END;
}

struct lower {
    weft_task_t task;
    weft_await_t await;
    weft_event_t *event;
    const struct higher *higher;
};
WEFT_TASK(lower)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_event_wait, self->event);
    CHECK_EQ(self->higher->inside, 0);
    return 1;
    WEFT_END;
}

CASE_LEVELS(a_lower_wake_never_runs_inside_a_higher_one, 3)
{
    struct bench *bench = bench_start(3);

    for (unsigned below = 0; below < 3; below++) {
        weft_event_t event = WEFT_EVENT_INIT;
        struct higher higher = {.event = &event};
        struct lower lower = {.event = &event, .higher = &higher};

        CHECK_EQ(weft_spawn(bench_executor(bench, below), lower_task(&lower)),
                 0);
        CHECK_EQ(weft_spawn(bench_executor(bench, 3), higher_task(&higher)), 0);
        CHECK_EQ(bench_join(bench, &lower.task), 1);
        CHECK_EQ(bench_join(bench, &higher.task), 0);
    }
    bench_stop(bench);
}

CASE_LEVELS(a_wake_from_each_level_reaches_each_level, 3)
{
    struct bench *bench = bench_start(3);

    for (unsigned from = 0; from <= 3; from++) {
        for (unsigned to = 0; to <= 3; to++) {
            weft_event_t event = WEFT_EVENT_INIT;
            struct higher higher = {.event = &event};
            struct waiter waiter = {.event = &event};

            CHECK_EQ(
                weft_spawn(bench_executor(bench, to), waiter_task(&waiter)), 0);
            CHECK_EQ(
                weft_spawn(bench_executor(bench, from), higher_task(&higher)),
                0);
            CHECK_EQ(bench_join(bench, &waiter.task), 0);
            CHECK_EQ(bench_join(bench, &higher.task), 0);
        }
    }
    bench_stop(bench);
}

/* Spawns a task on another level, from its own, and joins it. */
struct parent {
    weft_task_t task;
    weft_await_t await;
    weft_executor_t *executor;
    struct looker child;
};
WEFT_TASK(parent)
{
    int rc;
    WEFT_BEGIN;
    self->child = (struct looker){.enough = 1};
    CHECK_EQ(weft_spawn(self->executor, looker_task(&self->child)), 0);
    WEFT_AWAIT_RC(rc, weft_task_join, &self->child.task);
    return rc;
    WEFT_END;
}

CASE_LEVELS(a_task_is_spawned_and_joined_from_each_level_on_each_level, 3)
{
    struct bench *bench = bench_start(3);

    for (unsigned from = 0; from <= 3; from++) {
        for (unsigned to = 0; to <= 3; to++) {
            struct parent parent = {.executor = bench_executor(bench, to)};

            CHECK_EQ(
                weft_spawn(bench_executor(bench, from), parent_task(&parent)),
                0);
            CHECK_EQ(bench_join(bench, &parent.task), 5);
        }
    }
    bench_stop(bench);
}

/* --- fibers */

struct trip {
    struct bench *bench;
    unsigned seen[8];
    unsigned count;
};

static void see(struct trip *trip)
{
    trip->seen[trip->count++] = weft_port_priority();
}

static int travel(void *ctx)
{
    struct trip *trip = ctx;

    see(trip);
    CHECK_EQ(weft_sleep(WEFT_US(100)), 0);
    see(trip);
    CHECK_EQ(weft_switch_to(bench_executor(trip->bench, 0)), 0);
    see(trip);
    CHECK_EQ(weft_sleep(WEFT_US(100)), 0);
    CHECK_EQ(weft_switch_to(bench_executor(trip->bench, 2)), 0);
    see(trip);
    CHECK_EQ(weft_switch_to(bench_executor(trip->bench, 1)), 0);
    see(trip);
    return 3;
}

CASE_LEVELS(a_fiber_runs_in_a_priority_and_moves_between_them, 2)
{
    struct bench *bench = bench_start(2);
    struct trip trip = {.bench = bench};
    static const unsigned expected[] = {1, 1, 0, 2, 1};
    weft_fiber_t *fiber = fiber_new("traveller");

    CHECK_EQ(weft_go(bench_executor(bench, 1), fiber, travel, &trip), 0);
    CHECK_EQ(bench_join(bench, weft__fiber_as_task(fiber)), 3);
    CHECK_EQ(trip.count, 5);
    for (unsigned i = 0; i < trip.count; i++) {
        CHECK_EQ(trip.seen[i], expected[i]);
    }
    fiber_drop(fiber);
    bench_stop(bench);
}

struct relay {
    struct bench *bench;
    weft_event_t event[2];
    uint8_t done;
};

/* In the midst of its run the fiber above has a turn of its own. */
static int wake_above(void *ctx)
{
    struct relay *relay = ctx;

    weft_event_set(&relay->event[0]);
    spin_until_set(&relay->done);
    return weft_event_wait(&relay->event[1]) + 1;
}

static int above(void *ctx)
{
    struct relay *relay = ctx;

    CHECK_EQ(weft_event_wait(&relay->event[0]), 0);
    weft_atomic_store_release_u8(&relay->done, 1);
    CHECK_EQ(weft_sleep(WEFT_US(50)), 0);
    weft_event_set(&relay->event[1]);
    return 2;
}

CASE_LEVELS(a_fiber_of_a_priority_preempts_a_fiber_of_a_lower_one, 2)
{
    struct bench *bench = bench_start(2);
    struct relay relay = {.event = {WEFT_EVENT_INIT, WEFT_EVENT_INIT}};
    weft_fiber_t *fibers[2] = {fiber_new("below"), fiber_new("above")};

    CHECK_EQ(weft_go(bench_executor(bench, 2), fibers[1], above, &relay), 0);
    CHECK_EQ(weft_go(bench_executor(bench, 1), fibers[0], wake_above, &relay),
             0);
    CHECK_EQ(bench_join(bench, weft__fiber_as_task(fibers[0])), 1);
    CHECK_EQ(bench_join(bench, weft__fiber_as_task(fibers[1])), 2);
    fiber_drop(fibers[0]);
    fiber_drop(fibers[1]);
    bench_stop(bench);
}

/* --- all objects, for all kinds of waiters */

struct adder {
    weft_task_t task;
    weft_await_t await;
    weft_mutex_t *mutex;
    unsigned *sum;
    int left;
};
WEFT_TASK(adder)
{
    WEFT_BEGIN;
    while (self->left-- > 0) {
        WEFT_AWAIT(weft_mutex_lock, self->mutex);
        *self->sum += 1;
        WEFT_YIELD();
        weft_mutex_unlock(self->mutex);
    }
    return 0;
    WEFT_END;
}

CASE_LEVELS(a_mutex_is_shared_between_priorities_and_held_across_waits, 3)
{
    enum { TIMES = 5 };
    struct bench *bench = bench_start(3);
    weft_mutex_t mutex = WEFT_MUTEX_INIT;
    unsigned sum = 0;
    struct adder adders[4];

    for (unsigned i = 0; i < 4; i++) {
        adders[i] = (struct adder){.mutex = &mutex, .sum = &sum, .left = TIMES};
        CHECK_EQ(weft_spawn(bench_executor(bench, i), adder_task(&adders[i])),
                 0);
    }
    for (unsigned i = 0; i < 4; i++) {
        CHECK_EQ(bench_join(bench, &adders[i].task), 0);
    }
    CHECK_EQ(sum, 4 * TIMES);
    bench_stop(bench);
}

struct sender {
    weft_task_t task;
    weft_await_t await;
    weft_channel_t *channel;
    uint32_t value;
    int left;
};
WEFT_TASK(sender)
{
    WEFT_BEGIN;
    while (self->left-- > 0) {
        WEFT_AWAIT(weft_channel_send, self->channel, &self->value);
        self->value++;
    }
    return 0;
    WEFT_END;
}

struct receiver {
    weft_task_t task;
    weft_await_t await;
    weft_channel_t *channel;
    uint32_t value;
    uint32_t expected;
    int left;
};
WEFT_TASK(receiver)
{
    WEFT_BEGIN;
    while (self->left-- > 0) {
        WEFT_AWAIT(weft_channel_recv, self->channel, &self->value);
        CHECK_EQ(self->value, self->expected);
        self->expected++;
    }
    return 0;
    WEFT_END;
}

CASE_LEVELS(messages_pass_between_priorities_in_order, 2)
{
    enum { MESSAGES = 20 };
    struct bench *bench = bench_start(2);

    for (unsigned capacity = 0; capacity < 3; capacity++) {
        for (unsigned from = 0; from <= 2; from++) {
            uint32_t ring[2];
            weft_channel_t channel;
            struct sender sender = {.channel = &channel, .left = MESSAGES};
            struct receiver receiver = {.channel = &channel, .left = MESSAGES};

            CHECK_EQ(
                weft_channel_init(&channel, ring, sizeof(ring[0]), capacity),
                0);
            CHECK_EQ(
                weft_spawn(bench_executor(bench, from), sender_task(&sender)),
                0);
            CHECK_EQ(weft_spawn(bench_executor(bench, 2 - from),
                                receiver_task(&receiver)),
                     0);
            CHECK_EQ(bench_join(bench, &receiver.task), 0);
            CHECK_EQ(bench_join(bench, &sender.task), 0);
            weft_channel_deinit(&channel);
        }
    }
    bench_stop(bench);
}
