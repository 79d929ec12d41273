/* test_race_move.c - tasks and fibers go from loop to pool to strand and back
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/fibers.h"
#include "tests/support/pools.h"

enum { PLACES = 4 };

static int hops(void)
{
    return (int)rounds(TEST_IN_SIM ? 8 : 40) / PLACES * PLACES;
}

/* A loop, a pool, a strand of the pool, and another pool. */
struct places {
    struct core core;
    struct pool *pool[2];
    weft_strand_t strand;
    weft_executor_t *executor[PLACES];
    unsigned on_strand; /* plain: the strand protects it */
    uint32_t ended;     /* atomic: how many travellers */
};

static struct places *places_open(void)
{
    struct places *places = frame_new(sizeof(*places));

    core_start(&places->core);
    places->pool[0] = pool_open(1);
    places->pool[1] = pool_open(1);
    weft_strand_init(&places->strand, &places->pool[0]->pool.executor);
    places->executor[0] = &places->core.loop.executor;
    places->executor[1] = &places->pool[0]->pool.executor;
    places->executor[2] = &places->strand.executor;
    places->executor[3] = &places->pool[1]->pool.executor;
    return places;
}

static void places_close(struct places *places)
{
    weft_strand_stop(&places->strand);
    CHECK_EQ(weft_strand_join(&places->strand), 0);
    pool_end(places->pool[0]);
    pool_end(places->pool[1]);
    core_stop(&places->core);
    frame_drop(places, sizeof(*places));
}

static void look_round(struct places *places, int place)
{
    weft_pool_t *pool = place == 0   ? NULL
                        : place == 3 ? &places->pool[1]->pool
                                     : &places->pool[0]->pool;

    CHECK(weft_pool_current() == pool);
    CHECK(weft_loop_current() == (place == 0 ? &places->core.loop : NULL));
    if (place == 2) {
        places->on_strand++;
    }
}

struct traveller {
    weft_pool_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_fiber_t *fiber;
    struct places *places;
    weft_event_t event; /* handed to it, wherever it is */
    int hop;
};

static int place_of(const struct traveller *traveller)
{
    return traveller->hop % PLACES;
}

static weft_executor_t *next_place(const struct traveller *traveller)
{
    return traveller->places->executor[place_of(traveller)];
}

static void arrive(struct traveller *traveller)
{
    look_round(traveller->places, place_of(traveller));
}

static int leave(struct traveller *traveller, int rc)
{
    (void)weft_atomic_fetch_add_acq_rel_u32(&traveller->places->ended, 1);
    return rc;
}

WEFT_TASK(traveller)
{
    int rc;
    WEFT_BEGIN;
    for (self->hop = 0; self->hop < hops(); self->hop++) {
        WEFT_AWAIT_RC(rc, weft_switch_to, next_place(self));
        if (rc < 0) {
            return leave(self, rc);
        }
        arrive(self);
        WEFT_AWAIT_UNTIL(rc, weft_deadline(WEFT_S(60)), weft_event_wait,
                         &self->event);
        if (rc < 0) {
            return leave(self, rc);
        }
        arrive(self);
    }
    return leave(self, 7);
    WEFT_END;
}

static int travels(void *ctx)
{
    struct traveller *self = ctx;

    for (self->hop = 0; self->hop < hops(); self->hop++) {
        int rc = weft_switch_to(next_place(self));
        if (rc < 0) {
            return leave(self, rc);
        }
        arrive(self);
        rc = weft_event_wait_until(&self->event, weft_deadline(WEFT_S(60)));
        if (rc < 0) {
            return leave(self, rc);
        }
        arrive(self);
    }
    return leave(self, 7);
}

/* One starts as a task of the pool, one as a fiber of the loop. */
static struct traveller *start(struct places *places, bool fiber)
{
    struct traveller *traveller = frame_new(sizeof(*traveller));

    traveller->places = places;
    weft_event_init(&traveller->event, true);
    if (!fiber) {
        CHECK_EQ(weft_spawn(places->executor[1], traveller_task(traveller)), 0);
        return traveller;
    }
    traveller->fiber = fiber_new("travels");
    CHECK_EQ(weft_go(places->executor[0], traveller->fiber, travels, traveller),
             0);
    return traveller;
}

static weft_task_t *as_task(struct traveller *traveller)
{
    return traveller->fiber != NULL ? weft__fiber_as_task(traveller->fiber)
                                    : weft_pool_task(&traveller->task);
}

static int finish(struct traveller *traveller)
{
    int rc = weft_task_join(as_task(traveller));

    if (traveller->fiber != NULL) {
        fiber_drop(traveller->fiber);
    }
    frame_drop(traveller, sizeof(*traveller));
    return rc;
}

CASE(travellers_get_their_events_where_they_are)
{
    for (int i = 0; i < once(RACE_ROUNDS); i++) {
        struct places *places = places_open();
        struct traveller *traveller[2] = {start(places, false),
                                          start(places, true)};

        while (weft_atomic_load_acquire_u32(&places->ended) < 2) {
            weft_event_set(&traveller[0]->event);
            weft_event_set(&traveller[1]->event);
            weft_task_wake(as_task(traveller[some(2)]));
            weft_hook_spin();
        }
        CHECK_EQ(finish(traveller[0]), 7);
        CHECK_EQ(finish(traveller[1]), 7);
        CHECK_EQ(places->on_strand, (unsigned)(2 * 2 * hops() / PLACES));
        places_close(places);
    }
    weft_thread_leave();
}

CASE(a_traveller_is_cancelled_wherever_it_is)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct places *places = places_open();
        struct traveller *traveller[2] = {start(places, false),
                                          start(places, true)};

        for (uint64_t n = some(40); n > 0; n--) {
            weft_event_set(&traveller[0]->event);
            weft_event_set(&traveller[1]->event);
            weft_hook_spin();
        }
        for (int n = 0; n < 2; n++) {
            int rc;
            weft_task_cancel(as_task(traveller[n]));
            rc = finish(traveller[n]);
            CHECK(rc == 7 || rc == WEFT_ERR_CANCELLED);
        }
        places_close(places);
    }
    weft_thread_leave();
}

/* --- where one may not go */

struct plain {
    weft_task_t task;
    weft_await_t await;
    weft_executor_t *to;
};
WEFT_TASK(plain)
{
    int rc;
    WEFT_BEGIN;
    WEFT_AWAIT_RC(rc, weft_switch_to, self->to);
    return rc;
    WEFT_END;
}

CASE(a_task_without_a_lane_goes_to_no_pool)
{
    struct places *places = places_open();
    struct plain *plain = frame_new(sizeof(*plain));

    plain->to = places->executor[1];
    CHECK_EQ(weft_spawn(places->executor[0], plain_task(plain)), 0);
    CHECK_EQ(weft_task_join(&plain->task), WEFT_ERR_INVALID);
    plain->to = places->executor[2];
    CHECK_EQ(weft_spawn(places->executor[0], plain_task(plain)), 0);
    CHECK_EQ(weft_task_join(&plain->task), 0);
    frame_drop(plain, sizeof(*plain));
    places_close(places);
    weft_thread_leave();
}

CASE(nobody_goes_to_a_pool_that_stops)
{
    struct places *places = places_open();
    struct plain *plain = frame_new(sizeof(*plain));

    weft_pool_stop(&places->pool[0]->pool);
    plain->to = places->executor[2];
    CHECK_EQ(weft_spawn(places->executor[0], plain_task(plain)), 0);
    CHECK_EQ(weft_task_join(&plain->task), WEFT_ERR_STOPPED);
    frame_drop(plain, sizeof(*plain));
    places_close(places);
    weft_thread_leave();
}

/* --- a root scope lists whom it lists wherever they are */

struct guest {
    weft_pool_task_t task;
    weft_await_t await;
    weft_executor_t *to;
    weft_event_t *event;
};
WEFT_TASK(guest)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_switch_to, self->to);
    weft_event_set(&self->event[0]);
    WEFT_AWAIT(weft_event_wait, &self->event[1]);
    WEFT_END;
}

CASE(a_pool_whose_task_lives_elsewhere_is_cancelled_and_not_deinitialised)
{
    struct pool *pool = pool_new(1);
    struct guest *guest = frame_new(sizeof(*guest));
    weft_event_t event[2] = {WEFT_EVENT_INIT, WEFT_EVENT_INIT};
    struct core core;

    core_start(&core);
    guest->to = &core.loop.executor;
    guest->event = event;
    CHECK_EQ(weft_spawn(&pool->pool.executor, guest_task(guest)), 0);
    CHECK_EQ(weft_event_wait(&event[0]), 0);
    weft_pool_stop(&pool->pool);
    CHECK_EQ(weft_pool_join(&pool->pool), 0);
    if (some(50) == 0) { /* it takes long */
        CHECK_DIES(weft_pool_deinit(&pool->pool),
                   "deinit of a pool with tasks that live elsewhere");
    }
    weft_pool_cancel(&pool->pool);
    CHECK_EQ(weft_task_join(weft_pool_task(&guest->task)), WEFT_ERR_CANCELLED);
    core_stop(&core);
    frame_drop(guest, sizeof(*guest));
    pool_end(pool);
    weft_thread_leave();
}
