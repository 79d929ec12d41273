/* test_isr.c - executors of interrupt priorities
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/fibers.h"
#include "tests/support/levels.h"

/* --- one executor */

CASE_LEVELS(a_task_of_a_priority_is_spawned_awaited_and_joined, 1)
{
    struct bench *bench = bench_start(1);
    weft_event_t event = WEFT_EVENT_INIT;
    struct waiter waiter = {.event = &event};

    CHECK_EQ(weft_spawn(bench_executor(bench, 1), waiter_task(&waiter)), 0);
    weft_event_set(&event);
    CHECK_EQ(bench_join(bench, &waiter.task), 0);
    bench_stop(bench);
}

CASE_LEVELS(its_tasks_sleep_and_time_out_never_early, 1)
{
    struct bench *bench = bench_start(1);
    weft_event_t never = WEFT_EVENT_INIT;
    struct sleeper sleepers[3];
    struct waiter waiter = {.event = &never,
                            .deadline_us = weft_deadline(WEFT_MS(2))};

    for (int i = 0; i < 3; i++) {
        sleepers[i] = (struct sleeper){
            .deadline_us = weft_deadline(WEFT_US(500) * (unsigned)(3 - i))};
        CHECK_EQ(
            weft_spawn(bench_executor(bench, 1), sleeper_task(&sleepers[i])),
            0);
    }
    CHECK_EQ(weft_spawn(bench_executor(bench, 1), waiter_task(&waiter)), 0);
    CHECK_EQ(bench_join(bench, &waiter.task), WEFT_ERR_TIMEOUT);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(bench_join(bench, &sleepers[i].task), 7);
        CHECK(sleepers[i].woke_us >= sleepers[i].deadline_us);
    }
    bench_stop(bench);
}

/* Only the simulator counts them. */
static uint64_t interrupts_taken(void)
{
#if TEST_IN_SIM
    return weft_sim_stats().interrupts;
#else
    return 0;
#endif
}

CASE_LEVELS(a_sleep_that_is_cancelled_leaves_no_alarm, 1)
{
    struct bench *bench = bench_start(1);
    struct sleeper sleeper = {.deadline_us = weft_deadline(WEFT_MS(500))};
    uint64_t interrupts;

    CHECK_EQ(weft_spawn(bench_executor(bench, 1), sleeper_task(&sleeper)), 0);
    bench_pause(bench, WEFT_MS(1));
    weft_task_cancel(&sleeper.task);
    CHECK_EQ(bench_join(bench, &sleeper.task), WEFT_ERR_CANCELLED);
    interrupts = interrupts_taken();
    bench_pause(bench, WEFT_MS(600));
    CHECK_EQ(interrupts_taken(), interrupts);
    bench_stop(bench);
}

/* Takes its time, in the same turn in which the sleep before it began. */
struct slow {
    weft_task_t task;
    uint64_t until_us;
};
WEFT_TASK(slow)
{
    WEFT_BEGIN;
    stand_until(self->until_us);
    return 0;
    WEFT_END;
}

CASE_LEVELS(a_sleep_that_is_over_before_the_turn_ends_has_another_one, 1)
{
    struct bench *bench = bench_start(1);
    struct sleeper sleeper = {.deadline_us = weft_deadline(WEFT_US(500))};
    struct slow slow = {.until_us = sleeper.deadline_us + WEFT_US(500)};
    unsigned key = weft_port_ceiling_raise(1);

    CHECK_EQ(weft_spawn(bench_executor(bench, 1), sleeper_task(&sleeper)), 0);
    CHECK_EQ(weft_spawn(bench_executor(bench, 1), slow_task(&slow)), 0);
    weft_port_ceiling_restore(key);
    CHECK_EQ(bench_join(bench, &sleeper.task), 7);
    CHECK_EQ(bench_join(bench, &slow.task), 0);
    bench_stop(bench);
}

CASE_LEVELS(a_priority_that_is_not_there_is_an_error, 1)
{
    static weft_isr_t isr[2];
    weft_isr_config_t config = {.priority = 0};

    CHECK_EQ(weft_isr_init(&isr[0], &config), WEFT_ERR_INVALID);
    config.priority = weft_port_levels() + 1;
    CHECK_EQ(weft_isr_init(&isr[0], &config), WEFT_ERR_INVALID);
    config.priority = weft_port_levels();
    CHECK_EQ(weft_isr_init(&isr[0], &config), 0);
    CHECK_EQ(weft_isr_init(&isr[1], &config), WEFT_ERR_BUSY);
    weft_isr_deinit(&isr[0]);
    CHECK_EQ(weft_isr_init(&isr[1], &config), 0);
    weft_isr_deinit(&isr[1]);
}

CASE_LEVELS(after_a_stop_it_takes_no_more_and_says_when_the_last_has_ended, 1)
{
    struct bench *bench = bench_start(1);
    struct looker looker = {.looks = 0};
    struct looker late = {.enough = 1};

    CHECK_EQ(weft_spawn(bench_executor(bench, 1), looker_task(&looker)), 0);
    weft_isr_stop(&bench->isr[0]);
    weft_isr_stop(&bench->isr[0]);
    CHECK_EQ(weft_spawn(bench_executor(bench, 1), looker_task(&late)),
             WEFT_ERR_STOPPED);
    bench_pause(bench, WEFT_MS(1));
    CHECK(!weft_isr_stopped(&bench->isr[0]));
    CHECK(!weft_event_is_set(&bench->stopped[0]));
    weft_atomic_store_release_u8(&looker.enough, 1);
    weft_task_wake(&looker.task);
    CHECK_EQ(bench_join(bench, &looker.task), 5);
    bench_stop(bench);
}

/* --- who preempts whom */

/* What has happened, in order. Only the core of the bench writes here. */
struct diary {
    char text[64];
    uint8_t next;
};

static void note(struct diary *diary, char what)
{
    CHECK(diary->next < sizeof(diary->text) - 1);
    diary->text[diary->next++] = what;
}

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

/* --- a batch, then others */

struct busy {
    weft_task_t task;
    int left;
};
WEFT_TASK(busy)
{
    WEFT_BEGIN;
    while (self->left-- > 0) {
        WEFT_YIELD();
    }
    return 0;
    WEFT_END;
}

CASE_LEVELS(what_is_ready_beyond_a_batch_runs_in_the_next_turn, 1)
{
    struct bench *bench = bench_start(1);
    struct busy busy = {.left = 3 * WEFT_LOOP_BATCH};

    CHECK_EQ(weft_spawn(bench_executor(bench, 1), busy_task(&busy)), 0);
    CHECK_EQ(bench_join(bench, &busy.task), 0);
    bench_stop(bench);
}

CASE_LEVELS(more_timers_than_a_batch_of_one_time_all_fire, 1)
{
    enum { MANY = WEFT_LOOP_BATCH + 10 };
    static struct sleeper sleepers[MANY];
    struct bench *bench = bench_start(1);
    uint64_t deadline_us = weft_deadline(WEFT_MS(1));

    for (int i = 0; i < MANY; i++) {
        sleepers[i] = (struct sleeper){.deadline_us = deadline_us};
        CHECK_EQ(
            weft_spawn(bench_executor(bench, 1), sleeper_task(&sleepers[i])),
            0);
    }
    for (int i = 0; i < MANY; i++) {
        CHECK_EQ(bench_join(bench, &sleepers[i].task), 7);
    }
    bench_stop(bench);
}

struct named {
    weft_task_t task;
    struct diary *diary;
    char name;
};
WEFT_TASK(named)
{
    WEFT_BEGIN;
    note(self->diary, self->name);
    WEFT_END;
}

CASE_LEVELS(a_scheduler_orders_what_is_ready_on_one_priority, 1)
{
    static weft_isr_t isr;
    static weft_priority_scheduler_t order;
    struct diary diary = {.next = 0};
    struct named named[3];
    static const unsigned levels[3] = {1, 7, 3};
    weft_isr_config_t config = {.priority = 1, .scheduler = &order.scheduler};
    unsigned key;

    weft_priority_scheduler_init(&order);
    CHECK_EQ(weft_isr_init(&isr, &config), 0);
    key = weft_port_ceiling_raise(1);
    for (int i = 0; i < 3; i++) {
        named[i] = (struct named){.diary = &diary, .name = (char)('a' + i)};
        CHECK_EQ(weft_task_set_priority(named_task(&named[i]), levels[i]), 0);
        CHECK_EQ(weft_spawn(&isr.executor, &named[i].task), 0);
    }
    weft_isr_stop(&isr);
    weft_port_ceiling_restore(key);
    while (!weft_isr_stopped(&isr)) {
        weft_hook_spin();
    }
    CHECK_STR_EQ(diary.text, "bca");
    weft_isr_deinit(&isr);
}

/* --- what may not be done */

struct wrong {
    weft_task_t task;
    weft_event_t *event;
    struct bench *bench;
    int what;
};
WEFT_TASK(wrong)
{
    WEFT_BEGIN;
    if (self->what == 0) {
        (void)weft_event_wait(self->event);
    } else {
        weft_isr_deinit(&self->bench->isr[0]);
    }
    return 0;
    WEFT_END;
}

static int wait_in_a_runnable(weft_runnable_t *runnable)
{
    (void)runnable;
    return weft_sleep(WEFT_MS(1));
}

static void run_wrong(int what)
{
    struct bench *bench = bench_start(1);
    weft_event_t event = WEFT_EVENT_INIT;
    struct wrong wrong = {.event = &event, .bench = bench, .what = what};

    CHECK_EQ(weft_spawn(bench_executor(bench, 1), wrong_task(&wrong)), 0);
    bench_pause(bench, WEFT_MS(1));
}

CASE_LEVELS(a_blocking_call_in_a_task_of_a_priority_is_an_assertion, 1)
{
    CHECK_DIES(run_wrong(0), "a blocking call in a task");
}

CASE_LEVELS(a_blocking_call_outside_of_its_tasks_is_an_assertion, 1)
{
    weft_runnable_t runnable = {.run = wait_in_a_runnable};

    CHECK_DIES(
        {
            struct bench *bench = bench_start(1);
            (void)weft_submit(bench_executor(bench, 1), &runnable,
                              WEFT_HINT_DEFAULT);
            bench_pause(bench, WEFT_MS(1));
        },
        "a waiting call outside of a task, on an executor's thread");
}

CASE_LEVELS(deinit_in_a_task_of_a_priority_is_an_assertion, 1)
{
    CHECK_DIES(run_wrong(1), "above task level");
}

CASE_LEVELS(deinit_with_live_tasks_is_an_assertion, 1)
{
    struct looker looker = {.looks = 0};

    CHECK_DIES(
        {
            struct bench *bench = bench_start(1);
            (void)weft_spawn(bench_executor(bench, 1), looker_task(&looker));
            weft_isr_deinit(&bench->isr[0]);
        },
        "deinit of an interrupt executor with live tasks");
}
