/* test_race_fiber.c - fibers that two cores wake, join, move and end
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/fibers.h"
#include "tests/support/stacks.h"

/* How often the cases that start no thread in each round repeat themselves. */
static long many(void)
{
    return rounds(TEST_IN_SIM ? 3 : 10 * RACE_ROUNDS);
}

/* --- a wake from loop to loop */

struct table {
    weft_event_t serve;
    weft_event_t back;
    long rounds;
    long played;
};

static int serves(void *ctx)
{
    struct table *table = ctx;

    for (long i = 0; i < table->rounds; i++) {
        weft_event_set(&table->serve);
        CHECK_EQ(weft_event_wait(&table->back), 0);
        CHECK_EQ(table->played, i + 1);
    }
    return 11;
}

static int returns_it(void *ctx)
{
    struct table *table = ctx;

    for (long i = 0; i < table->rounds; i++) {
        CHECK_EQ(weft_event_wait(&table->serve), 0);
        table->played++;
        weft_event_set(&table->back);
    }
    return 12;
}

CASE(two_loops_wake_each_others_fibers)
{
    struct table table = {
        .serve = WEFT_EVENT_INIT_AUTO,
        .back = WEFT_EVENT_INIT_AUTO,
        .rounds = many(),
    };
    weft_fiber_t *here = fiber_new("serves");
    weft_fiber_t *there = fiber_new("returns");
    struct core cores[2];

    core_start(&cores[0]);
    core_start(&cores[1]);
    CHECK_EQ(weft_go(&cores[0].loop.executor, here, serves, &table), 0);
    CHECK_EQ(weft_go(&cores[1].loop.executor, there, returns_it, &table), 0);
    CHECK_EQ(weft_fiber_join(here), 11);
    CHECK_EQ(weft_fiber_join(there), 12);
    core_stop(&cores[0]);
    core_stop(&cores[1]);
    fiber_drop(here);
    fiber_drop(there);
    weft_thread_leave();
}

/* --- a fiber goes on elsewhere when its registers are saved, not before */

struct journey {
    struct core *cores;
    weft_fiber_t *fiber;
    long rounds;
    uint32_t ended; /* atomic */
};

/* The sums live in registers that a call preserves, across each switch. */
static int travels(void *ctx)
{
    struct journey *journey = ctx;
    long a = 1, b = 2, c = 3, d = 4;

    for (long i = 0; i < journey->rounds; i++) {
        struct core *to = &journey->cores[i % 2];
        CHECK_EQ(weft_switch_to(&to->loop.executor), 0);
        CHECK(weft_loop_current() == &to->loop);
        a += 1;
        b += 2;
        c += 3;
        d += 4;
    }
    CHECK_EQ(b, 2 * a);
    CHECK_EQ(c, 3 * a);
    CHECK_EQ(d, 4 * a);
    weft_atomic_store_release_u32(&journey->ended, 1);
    return 5;
}

static void wake_on_the_way(void *ctx)
{
    struct journey *journey = ctx;

    do {
        weft_task_wake(weft__fiber_as_task(journey->fiber));
        weft_hook_spin();
    } while (weft_atomic_load_acquire_u32(&journey->ended) == 0);
}

static void travel(bool woken)
{
    struct core cores[2];
    struct journey journey = {
        .cores = cores, .fiber = fiber_new("travels"), .rounds = many()};
    weft_port_thread_t waker;

    core_start(&cores[0]);
    core_start(&cores[1]);
    CHECK_EQ(weft_go(&cores[1].loop.executor, journey.fiber, travels, &journey),
             0);
    if (woken) {
        thread_start(&waker, wake_on_the_way, &journey);
    }
    CHECK_EQ(weft_fiber_join(journey.fiber), 5);
    if (woken) {
        weft_port_thread_join(&waker);
    }
    core_stop(&cores[0]);
    core_stop(&cores[1]);
    fiber_drop(journey.fiber);
    weft_thread_leave();
}

CASE(a_fiber_that_moves_goes_on_with_all_its_registers)
{
    travel(false);
}

CASE(a_fiber_that_moves_is_woken_on_the_way)
{
    travel(true);
}

/* --- a join meets the end */

static int gives_back(void *ctx)
{
    return (int)(intptr_t)ctx;
}

CASE(a_thread_joins_a_fiber_that_ends_and_frees_it)
{
    struct core core;

    core_start(&core);
    for (long i = many(); i > 0; i--) {
        weft_fiber_t *fiber = fiber_new("ends");
        int value = (int)(i % 1000);

        CHECK_EQ(weft_go(&core.loop.executor, fiber, gives_back,
                         (void *)(intptr_t)value),
                 0);
        CHECK_EQ(weft_fiber_join(fiber), value);
        CHECK_EQ(weft_fiber_result(fiber), value);
        fiber_drop(fiber);
    }
    core_stop(&core);
    weft_thread_leave();
}

CASE(a_thread_that_asks_sees_a_fiber_live_then_finished)
{
    struct core core;

    core_start(&core);
    for (long i = many(); i > 0; i--) {
        weft_fiber_t *fiber = fiber_new("asked");
        enum weft_fiber_state state;

        CHECK_EQ(weft_fiber_state(fiber), WEFT_FIBER_IDLE);
        CHECK_EQ(weft_go(&core.loop.executor, fiber, gives_back,
                         (void *)(intptr_t)9),
                 0);
        do {
            state = weft_fiber_state(fiber);
            CHECK(state == WEFT_FIBER_LIVE || state == WEFT_FIBER_FINISHED);
            weft_hook_spin();
        } while (state != WEFT_FIBER_FINISHED);
        CHECK_EQ(weft_fiber_result(fiber), 9);
        CHECK_STR_EQ(weft_fiber_name(fiber), "asked");
        fiber_drop(fiber);
    }
    core_stop(&core);
}

/* --- a join that is cancelled while the other one ends */

struct parting {
    weft_fiber_t *other;
    weft_event_t go;
};

static int waits_to_end(void *ctx)
{
    struct parting *parting = ctx;

    CHECK_EQ(weft_event_wait(&parting->go), 0);
    return 4;
}

static int joins_the_other(void *ctx)
{
    struct parting *parting = ctx;

    return weft_fiber_join(parting->other);
}

/* What was not joined may be, by another; the joiner's stack is gone then. */
static void part(struct core *cores, long turn)
{
    struct parting parting = {.other = fiber_new("ends"),
                              .go = WEFT_EVENT_INIT};
    weft_fiber_t *joiner = fiber_new("joins");
    int rc;

    CHECK_EQ(
        weft_go(&cores[0].loop.executor, parting.other, waits_to_end, &parting),
        0);
    CHECK_EQ(
        weft_go(&cores[1].loop.executor, joiner, joins_the_other, &parting), 0);
    if (turn % 2 == 0) {
        weft_event_set(&parting.go);
        weft_fiber_cancel(joiner);
    } else {
        weft_fiber_cancel(joiner);
        weft_event_set(&parting.go);
    }
    rc = weft_fiber_join(joiner);
    CHECK(rc == 4 || rc == WEFT_ERR_CANCELLED);
    fiber_drop(joiner);
    CHECK_EQ(weft_fiber_join(parting.other), 4);
    fiber_drop(parting.other);
}

CASE(a_fiber_is_cancelled_in_a_join_while_the_other_one_ends)
{
    struct core cores[2];

    core_start(&cores[0]);
    core_start(&cores[1]);
    for (long i = many(); i > 0; i--) {
        part(cores, i);
    }
    core_stop(&cores[0]);
    core_stop(&cores[1]);
    weft_thread_leave();
}

/* --- pooled stacks */

struct sharer {
    weft_fiber_t fiber;
    unsigned char mark;
};

/* A stack that two fibers run on at once shows another one's mark. */
static int marks_its_stack(void *ctx)
{
    struct sharer *self = ctx;
    volatile unsigned char marks[256];

    for (size_t i = 0; i < sizeof(marks); i++) {
        marks[i] = self->mark;
    }
    CHECK_EQ(weft_yield(), 0);
    for (size_t i = 0; i < sizeof(marks); i++) {
        CHECK_EQ(marks[i], self->mark);
    }
    return self->mark;
}

CASE(fibers_of_two_loops_share_a_pool_of_stacks)
{
    enum { SHARERS = 2 };
    static char memory[(SHARERS + 1) * FIBER_STACK];
    weft_stack_config_t config = {.size = FIBER_STACK, .count_max = SHARERS};
    struct sharer *sharers = frame_new(SHARERS * sizeof(*sharers));
    weft_stack_pool_t stacks;
    struct core cores[SHARERS];

    if (!slabs_are_there()) {
        config.memory = memory;
        config.memory_size = sizeof(memory);
    }
    weft_stack_pool_init(&stacks, &config);
    for (int k = 0; k < SHARERS; k++) {
        core_start(&cores[k]);
        sharers[k].mark = (unsigned char)(k + 1);
        weft_fiber_init_pooled(&sharers[k].fiber, "shares", &stacks);
    }
    for (long i = many(); i > 0; i--) {
        for (int k = 0; k < SHARERS; k++) {
            CHECK_EQ(weft_go(&cores[k].loop.executor, &sharers[k].fiber,
                             marks_its_stack, &sharers[k]),
                     0);
        }
        for (int k = 0; k < SHARERS; k++) {
            CHECK_EQ(weft_fiber_join(&sharers[k].fiber), k + 1);
        }
        CHECK_EQ(weft_stack_pool_in_use(&stacks), 0);
    }
    core_stop(&cores[0]);
    core_stop(&cores[1]);
    weft_stack_pool_deinit(&stacks);
    frame_drop(sharers, SHARERS * sizeof(*sharers));
    weft_thread_leave();
}

/* --- a thread leaves while the wake of a fiber is on its way */

struct visit {
    uintptr_t event; /* atomic: of the thread that waits */
    long rounds;
};

static int wakes_the_visitors(void *ctx)
{
    struct visit *visit = ctx;

    for (long i = 0; i < visit->rounds; i++) {
        uintptr_t event = 0;
        while (event == 0) {
            event = weft_atomic_exchange_acq_rel_word(&visit->event, 0);
            CHECK_EQ(weft_yield(), 0);
        }
        weft_event_set((weft_event_t *)event);
    }
    return 0;
}

/* Its room and the event are gone as soon as the wait has returned. */
static void come_wait_and_go(struct visit *visit)
{
    weft_event_t *event = frame_new(sizeof(*event));
    void *room;

    weft_event_init(event, false);
    weft_atomic_store_release_word(&visit->event, (uintptr_t)event);
    CHECK_EQ(weft_event_wait(event), 0);
    room = weft_port_thread_room(sizeof(weft_thread_t));
    weft_thread_leave();
    memset(room, 0xdb, sizeof(weft_thread_t));
    frame_drop(event, sizeof(*event));
}

CASE(a_thread_leaves_while_a_fiber_wakes_it)
{
    struct visit visit = {.rounds = many()};
    weft_fiber_t *fiber = fiber_new("wakes");
    struct core core;

    core_start(&core);
    CHECK_EQ(weft_go(&core.loop.executor, fiber, wakes_the_visitors, &visit),
             0);
    for (long i = visit.rounds; i > 0; i--) {
        come_wait_and_go(&visit);
    }
    CHECK_EQ(weft_fiber_join(fiber), 0);
    core_stop(&core);
    fiber_drop(fiber);
    weft_thread_leave();
}
