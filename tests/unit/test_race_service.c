/* test_race_service.c - services: sends, starts and stops at once
 * SPDX-License-Identifier: MIT
 *
 * Whatever races, each request is settled exactly once, and what was settled
 * last is the stop. The numbers at the ends of names: see test_service.c.
 */
#include "tests/support/disturb.h"
#include "tests/support/futures.h"
#include "tests/support/pools.h"
#include "tests/support/services.h"

enum { SENDERS = 2, EACH = 4 };

/* A service on a core of its own; its counters are plain. */
struct mill {
    struct core core;
    weft_service_t service;
    weft_service_t *other; /* or the one to pass on to */
    uint64_t hook_us;      /* what the stop's hook takes */
    int hook_rc;
    unsigned handled, starts, stops;
    int last[SENDERS]; /* of each sender the value handled last */
    bool inside;
};

static struct mill *mill_of(weft_service_t *service)
{
    return WEFT_CONTAINER_OF(service, struct mill, service);
}

/* The value says whose it is, and which. */
static int grinds(weft_service_t *service, weft_request_t *request)
{
    struct mill *mill = mill_of(service);
    int value = note_of(request)->value;
    int *last = &mill->last[value / 1000];

    CHECK(!mill->inside);
    mill->inside = true;
    mill->handled++;
    CHECK(value > *last);
    *last = value;
    mill->inside = false;
    return value;
}

static int begins(weft_service_t *service, weft_request_t *request)
{
    struct mill *mill = mill_of(service);

    (void)request;
    CHECK(!mill->inside);
    mill->starts++;
    return mill->hook_rc;
}

static int ends_slowly(weft_service_t *service, weft_request_t *request)
{
    struct mill *mill = mill_of(service);

    (void)request;
    CHECK(!mill->inside);
    mill->inside = true;
    mill->stops++;
    if (mill->hook_us > 0) {
        stand_until(weft_now_us() + mill->hook_us);
    }
    mill->inside = false;
    return WEFT_OK;
}

static const weft_handler_t mill_handlers[] = {{0, 0, grinds}};
static const weft_service_type_t mill_type = {
    .name = "mill",
    .handlers = mill_handlers,
    .handlers_count = 1,
    .on_start = begins,
    .on_stop = ends_slowly,
};

static struct mill *mill_new(void)
{
    struct mill *mill = frame_new(sizeof(*mill));

    core_start(&mill->core);
    CHECK_EQ(weft_service_init(&mill->service, &mill_type,
                               &mill->core.loop.executor),
             0);
    for (int i = 0; i < SENDERS; i++) {
        mill->last[i] = -1;
    }
    return mill;
}

static int ask(struct mill *mill, unsigned code)
{
    struct note note = {.value = 1};

    return weft_call(&mill->service, code, &note.request);
}

static void mill_drop(struct mill *mill)
{
    CHECK_EQ(ask(mill, WEFT_SERVICE_STOP), 0);
    memset(&mill->service, 0xdb, sizeof(mill->service));
    core_stop(&mill->core);
    frame_drop(mill, sizeof(*mill));
}

/* --- who sends */

struct sender {
    weft_port_thread_t thread;
    struct mill *mill;
    struct note notes[EACH];
    int number;
    unsigned full, stopped;
};

static void sends(void *ctx)
{
    struct sender *sender = ctx;

    for (int i = 0; i < EACH; i++) {
        int rc;
        sender->notes[i] = (struct note){.value = sender->number * 1000 + i};
        weft_future_then(&sender->notes[i].request, count_end_at);
        rc = weft_service_send(&sender->mill->service, 0,
                               &sender->notes[i].request);
        CHECK(rc == 0 || rc == WEFT_ERR_STOPPED || rc == WEFT_ERR_FULL);
        sender->full += rc == WEFT_ERR_FULL;
        sender->stopped += rc == WEFT_ERR_STOPPED;
        CHECK(rc == 0 || weft_future_result(&sender->notes[i].request) == rc);
    }
}

static struct sender *senders_start(struct mill *mill)
{
    struct sender *sender = frame_new(SENDERS * sizeof(*sender));

    for (int i = 0; i < SENDERS; i++) {
        sender[i].mill = mill;
        sender[i].number = i;
        thread_start(&sender[i].thread, sends, &sender[i]);
    }
    return sender;
}

static void senders_join(struct sender *sender)
{
    for (int i = 0; i < SENDERS; i++) {
        weft_port_thread_join(&sender[i].thread);
    }
}

/* All were settled, once each; how many as handled. */
static unsigned senders_drop(struct sender *sender, int otherwise)
{
    unsigned handled = 0;

    for (int i = 0; i < SENDERS * EACH; i++) {
        struct note *note = &sender[i / EACH].notes[i % EACH];
        int rc = weft_future_result(&note->request);
        CHECK_EQ(weft_atomic_load_acquire_word(&note->at), 1);
        CHECK(rc == note->value || rc == otherwise);
        handled += rc == note->value;
    }
    frame_drop(sender, SENDERS * sizeof(*sender));
    return handled;
}

CASE(what_each_of_several_senders_sends_is_handled_in_its_order_07)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct mill *mill = mill_new();
        struct sender *sender;

        CHECK_EQ(ask(mill, WEFT_SERVICE_START), 0);
        sender = senders_start(mill);
        senders_join(sender);
        CHECK_EQ(ask(mill, WEFT_SERVICE_STOP), 0);
        CHECK_EQ(mill->handled, SENDERS * EACH);
        CHECK_EQ(senders_drop(sender, 0), SENDERS * EACH);
        mill_drop(mill);
    }
    weft_thread_leave();
}

CASE(a_stop_with_a_slow_hook_races_sends_and_each_is_settled_once_13)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct mill *mill = mill_new();
        struct sender *sender;
        unsigned handled;

        mill->hook_us = i % 2 == 0 ? 50 : 0;
        CHECK_EQ(ask(mill, WEFT_SERVICE_START), 0);
        sender = senders_start(mill);
        CHECK_EQ(ask(mill, WEFT_SERVICE_STOP), 0);
        CHECK_EQ(weft_service_state(&mill->service), WEFT_SERVICE_STOPPED);
        handled = mill->handled; /* nothing of it runs any more */
        senders_join(sender);
        CHECK_EQ(senders_drop(sender, WEFT_ERR_STOPPED), handled);
        mill_drop(mill);
    }
    weft_thread_leave();
}

static void starts_and_stops(void *ctx)
{
    struct mill *mill = ctx;

    CHECK_EQ(ask(mill, WEFT_SERVICE_START), 0);
    CHECK_EQ(ask(mill, WEFT_SERVICE_STOP), 0);
    weft_thread_leave();
}

CASE(lives_that_follow_each_other_and_sends_settle_each_request_once_10)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct mill *mill = mill_new();
        struct sender *sender = senders_start(mill);

        starts_and_stops(mill);
        starts_and_stops(mill);
        senders_join(sender);
        CHECK_EQ(mill->starts, 2);
        CHECK_EQ(mill->stops, 2);
        CHECK_EQ(senders_drop(sender, WEFT_ERR_STOPPED), mill->handled);
        mill_drop(mill);
    }
    weft_thread_leave();
}

CASE(two_who_start_and_stop_it_at_once_both_succeed_10)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct mill *mill = mill_new();
        weft_port_thread_t thread;

        mill->hook_us = i % 2 == 0 ? 20 : 0;
        thread_start(&thread, starts_and_stops, mill);
        starts_and_stops(mill);
        weft_port_thread_join(&thread);
        CHECK_EQ(weft_service_state(&mill->service), WEFT_SERVICE_STOPPED);
        CHECK_EQ(mill->starts, mill->stops);
        mill_drop(mill);
    }
    weft_thread_leave();
}

CASE(a_start_that_fails_races_sends_and_each_is_settled_once_11)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct mill *mill = mill_new();
        struct sender *sender;

        mill->hook_rc = WEFT_ERR_STOPPED; /* as those who come too late */
        sender = senders_start(mill);
        CHECK_EQ(ask(mill, WEFT_SERVICE_START), WEFT_ERR_STOPPED);
        CHECK_EQ(ask(mill, WEFT_SERVICE_START), WEFT_ERR_STOPPED);
        senders_join(sender);
        CHECK_EQ(senders_drop(sender, WEFT_ERR_STOPPED), 0);
        mill_drop(mill);
    }
    weft_thread_leave();
}

/* --- its memory goes in the function of its stop */

struct free_at_end {
    weft_request_t stop;
    struct mill *mill;
    uintptr_t gone; /* atomic */
};

static void free_it(weft_future_t *future)
{
    struct free_at_end *end =
        WEFT_CONTAINER_OF(future, struct free_at_end, stop);

    CHECK_EQ(weft_future_result(future), 0);
    memset(&end->mill->service, 0xdb, sizeof(end->mill->service));
    weft_atomic_store_release_word(&end->gone, 1);
}

CASE(a_service_is_freed_in_the_function_of_its_stop_wherever_that_runs_15)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct mill *mill = mill_new();
        struct free_at_end end = {.mill = mill};
        struct note note = {.value = 1};

        CHECK_EQ(ask(mill, WEFT_SERVICE_START), 0);
        weft_future_then(&note.request, count_end_at);
        CHECK_EQ(weft_service_send(&mill->service, 0, &note.request), 0);
        weft_future_then(&end.stop, free_it);
        CHECK_EQ(weft_service_stop(&mill->service, &end.stop), 0);
        until_word(&end.gone, 1);
        CHECK_EQ(weft_atomic_load_acquire_word(&note.at), 1);
        core_stop(&mill->core);
        frame_drop(mill, sizeof(*mill));
    }
    weft_thread_leave();
}

/* --- the bound */

CASE(over_its_bound_each_of_several_senders_is_told_05)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct mill *mill = mill_new();
        struct sender *sender;
        unsigned full = 0;
        unsigned handled;

        CHECK_EQ(weft_service_bound(&mill->service, 1), 0);
        CHECK_EQ(ask(mill, WEFT_SERVICE_START), 0);
        sender = senders_start(mill);
        senders_join(sender);
        CHECK_EQ(ask(mill, WEFT_SERVICE_STOP), 0);
        handled = mill->handled;
        for (int n = 0; n < SENDERS; n++) {
            full += sender[n].full;
        }
        CHECK_EQ(handled + full, SENDERS * EACH);
        CHECK(handled >= 1);
        CHECK_EQ(senders_drop(sender, WEFT_ERR_FULL), handled);
        CHECK_EQ(ask(mill, WEFT_SERVICE_START), 0);
        mill->last[0] = -1;
        CHECK_EQ(ask(mill, 0), 1); /* there is room again */
        mill_drop(mill);
    }
    weft_thread_leave();
}

/* --- on a pool, where each run may be on another thread */

/* --- a start that its executor refuses */

struct refused {
    weft_service_t service;
    struct note start;
};

static void start_in_vain(void *ctx)
{
    struct refused *refused = ctx;

    CHECK_EQ(weft_service_start(&refused->service, &refused->start.request),
             WEFT_ERR_STOPPED);
}

CASE(what_comes_while_a_start_is_refused_leaves_room_05)
{
    static const weft_service_type_t type = {.name = "refused"};

    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct refused *refused = frame_new(sizeof(*refused));
        struct note note = {.value = 1};
        weft_port_thread_t thread;
        weft_manual_t manual;
        int rc;

        weft_manual_init(&manual);
        CHECK_EQ(weft_service_init(&refused->service, &type, &manual.executor),
                 0);
        CHECK_EQ(weft_service_bound(&refused->service, 1), 0);
        weft_manual_stop(&manual);
        (void)weft_manual_drain(&manual);
        thread_start(&thread, start_in_vain, refused);
        rc = weft_service_send(&refused->service, 0, &note.request);
        CHECK(rc == 0 || rc == WEFT_ERR_STOPPED);
        weft_port_thread_join(&thread);
        ended(&note, WEFT_ERR_STOPPED);
        CHECK_EQ(weft_service_send(&refused->service, 0, &note.request),
                 WEFT_ERR_STOPPED);
        frame_drop(refused, sizeof(*refused));
    }
}

/* --- more wait for a request than end in one step */

enum { CROWD = WEFT_STEP + 3 };

struct crowd {
    struct core core;
    weft_service_t service;
    weft_manual_t manual;
    weft_request_t request;
    struct asker askers[CROWD];
};

static int crowd_answers(weft_service_t *service, weft_request_t *request)
{
    (void)service;
    (void)request;
    return 5;
}

static const weft_handler_t crowd_handlers[] = {{0, 0, crowd_answers}};

CASE(a_request_is_in_flight_until_it_is_settled_however_many_wait_03)
{
    static const weft_service_type_t type = {.handlers = crowd_handlers,
                                             .handlers_count = 1};

    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct crowd *crowd = frame_new(sizeof(*crowd));
        weft_request_t end = WEFT_FUTURE_INIT;

        core_start(&crowd->core);
        weft_manual_init(&crowd->manual);
        CHECK_EQ(weft_service_init(&crowd->service, &type,
                                   &crowd->core.loop.executor),
                 0);
        CHECK_EQ(weft_call(&crowd->service, WEFT_SERVICE_START, &end), 0);
        for (int n = 0; n < CROWD; n++) {
            crowd->askers[n].future = &crowd->request;
            CHECK_EQ(weft_spawn(&crowd->manual.executor,
                                asker_task(&crowd->askers[n])),
                     0);
        }
        CHECK_EQ(weft_manual_drain(&crowd->manual), CROWD);
        CHECK_EQ(weft_service_send(&crowd->service, 0, &crowd->request), 0);
        while (weft_request_in_flight(&crowd->request)) {
            weft_hook_spin();
        }
        CHECK_EQ(weft_future_result(&crowd->request), 5);
        CHECK_EQ(weft_call(&crowd->service, WEFT_SERVICE_STOP, &end), 0);
        (void)weft_manual_drain(&crowd->manual);
        for (int n = 0; n < CROWD; n++) {
            CHECK_EQ(weft_task_result(&crowd->askers[n].task), 5);
        }
        weft_manual_stop(&crowd->manual);
        (void)weft_manual_drain(&crowd->manual);
        core_stop(&crowd->core);
        frame_drop(crowd, sizeof(*crowd));
    }
    weft_thread_leave();
}

/* --- what can be seen from elsewhere */

struct post {
    struct core core;
    weft_service_t service;
    weft_request_t request;
    weft_reply_t reply;
    uintptr_t arrived; /* atomic */
};

static int post_arrives(weft_service_t *service, weft_request_t *request)
{
    struct post *post = WEFT_CONTAINER_OF(service, struct post, service);

    CHECK_EQ(weft_future_result(request), 5);
    (void)weft_atomic_fetch_add_acq_rel_word(&post->arrived, 1);
    return WEFT_OK;
}

static const weft_handler_t post_handlers[] = {{0, 0, crowd_answers},
                                               {1, 0, post_arrives}};
static const weft_service_type_t post_type = {.handlers = post_handlers,
                                              .handlers_count = 2};

static struct post *post_new(void)
{
    struct post *post = frame_new(sizeof(*post));
    weft_request_t start = WEFT_FUTURE_INIT;

    core_start(&post->core);
    CHECK_EQ(weft_service_init(&post->service, &post_type,
                               &post->core.loop.executor),
             0);
    CHECK_EQ(weft_call(&post->service, WEFT_SERVICE_START, &start), 0);
    return post;
}

static void post_drop(struct post *post)
{
    core_stop(&post->core);
    frame_drop(post, sizeof(*post));
}

CASE(a_stop_never_looks_like_a_start_10)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct post *post = post_new();
        enum weft_service_state state = WEFT_SERVICE_SERVING;

        CHECK_EQ(weft_service_stop(&post->service, &post->request), 0);
        while (state != WEFT_SERVICE_STOPPED) {
            CHECK(state != WEFT_SERVICE_STARTING);
            weft_hook_spin();
            state = weft_service_state(&post->service);
        }
        CHECK_EQ(weft_future_await(&post->request), 0);
        post_drop(post);
    }
    weft_thread_leave();
}

CASE(what_comes_back_as_a_message_is_in_flight_until_it_has_arrived_14)
{
    enum { TIMES = 3 };

    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct post *post = post_new();
        weft_request_t stop = WEFT_FUTURE_INIT;

        weft_reply_init(&post->reply, &post->service, 1, NULL);
        weft_request_reply(&post->request, &post->reply);
        for (unsigned n = 0; n < TIMES; n++) {
            CHECK_EQ(weft_service_send(&post->service, 0, &post->request), 0);
            while (weft_request_in_flight(&post->request)) {
                weft_hook_spin();
            }
            do { /* nor is it in flight again by itself */
                weft_hook_spin();
                CHECK(!weft_request_in_flight(&post->request));
            } while (weft_atomic_load_acquire_word(&post->arrived) <= n);
        }
        CHECK_EQ(weft_call(&post->service, WEFT_SERVICE_STOP, &stop), 0);
        CHECK_EQ(post->arrived, TIMES);
        post_drop(post);
    }
    weft_thread_leave();
}

CASE(on_a_pool_nothing_of_a_service_runs_at_the_same_time_07)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct pool *pool = pool_open(2);
        struct mill *mill = frame_new(sizeof(*mill));
        struct sender *sender;

        CHECK_EQ(
            weft_service_init(&mill->service, &mill_type, &pool->pool.executor),
            0);
        mill->last[0] = mill->last[1] = -1;
        CHECK_EQ(ask(mill, WEFT_SERVICE_START), 0);
        sender = frame_new(SENDERS * sizeof(*sender));
        for (int n = 0; n < SENDERS; n++) { /* the last is this thread */
            sender[n].mill = mill;
            sender[n].number = n;
        }
        thread_start(&sender[0].thread, sends, &sender[0]);
        sends(&sender[1]);
        weft_port_thread_join(&sender[0].thread);
        CHECK_EQ(ask(mill, WEFT_SERVICE_STOP), 0);
        CHECK_EQ(senders_drop(sender, 0), SENDERS * EACH);
        frame_drop(mill, sizeof(*mill));
        weft_pool_stop(&pool->pool);
        pool_join(pool);
        weft_pool_deinit(&pool->pool);
        frame_drop(pool, sizeof(*pool));
    }
    weft_thread_leave();
}

/* --- two that flood each other */

enum { FLOOD = 6 };

struct side {
    struct core core;
    weft_service_t service;
    struct side *other;
    struct note notes[FLOOD];
    unsigned sent, handled, full;
    uintptr_t settled; /* atomic: of its notes */
};

static void settled_one(weft_future_t *future)
{
    struct note *note = note_of(future);
    uintptr_t *settled = (uintptr_t *)note->at;

    note->ends++;
    (void)weft_atomic_fetch_add_acq_rel_word(settled, 1);
}

/* For each that it handles it sends two. */
static int floods_back(weft_service_t *service, weft_request_t *request)
{
    struct side *side = WEFT_CONTAINER_OF(service, struct side, service);

    (void)request;
    side->handled++;
    for (int i = 0; i < 2 && side->sent < FLOOD; i++) {
        struct note *note = &side->notes[side->sent++];
        note->at = (uintptr_t)&side->settled;
        weft_future_then(&note->request, settled_one);
        side->full += weft_service_send(&side->other->service, 0,
                                        &note->request) == WEFT_ERR_FULL;
    }
    return WEFT_OK;
}

static const weft_handler_t flooding[] = {{0, 0, floods_back}};
static const weft_service_type_t flooder = {.handlers = flooding,
                                            .handlers_count = 1};

CASE(two_services_of_a_bound_of_one_flood_each_other_06)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct side *side = frame_new(2 * sizeof(*side));
        weft_request_t request = WEFT_FUTURE_INIT;

        for (int n = 0; n < 2; n++) {
            core_start(&side[n].core);
            side[n].other = &side[1 - n];
            CHECK_EQ(weft_service_init(&side[n].service, &flooder,
                                       &side[n].core.loop.executor),
                     0);
            CHECK_EQ(weft_service_bound(&side[n].service, 1), 0);
            CHECK_EQ(weft_call(&side[n].service, WEFT_SERVICE_START, &request),
                     0);
        }
        while (weft_atomic_load_acquire_word(&side[0].settled) < FLOOD ||
               weft_atomic_load_acquire_word(&side[1].settled) < FLOOD) {
            /* A flood may end by itself: all that was sent was too much. */
            (void)weft_call(&side[0].service, 0, &request);
            (void)weft_call(&side[1].service, 0, &request);
        }
        for (int n = 0; n < 2; n++) {
            CHECK_EQ(weft_call(&side[n].service, WEFT_SERVICE_STOP, &request),
                     0);
        }
        for (int n = 0; n < 2; n++) {
            core_stop(&side[n].core);
            for (int k = 0; k < FLOOD; k++) {
                CHECK_EQ(side[n].notes[k].ends, 1);
            }
        }
        frame_drop(side, 2 * sizeof(*side));
    }
    weft_thread_leave();
}

/* --- interrupts */

struct burst {
    struct desk desk;
    struct note notes[EACH];
    uintptr_t sent; /* atomic */
};

static void sends_next(void *ctx)
{
    struct burst *burst = ctx;
    uintptr_t at = weft_atomic_load_relaxed_word(&burst->sent);

    if (at < EACH) {
        struct note *note = &burst->notes[at];
        int rc;
        note->value = (int)at;
        weft_future_then(&note->request, count_end_at);
        rc = weft_service_send(&burst->desk.service, DESK_NOTE, &note->request);
        CHECK(rc == 0 || rc == WEFT_ERR_STOPPED);
        weft_atomic_store_release_word(&burst->sent, at + 1);
    }
}

/* An interrupt sends at any moment of a whole life. */
CASE_DISTURBED(an_interrupt_sends_between_any_two_steps_of_a_life_04)
{
    struct burst *burst = frame_new(sizeof(*burst));
    struct disturb disturb = {
        .handler = sends_next, .ctx = burst, .times = EACH};

    desk_open(&burst->desk, NULL);
    disturb_begin(&disturb);
    for (int life = 0; life < 2; life++) {
        desk_start(&burst->desk);
        desk_run(&burst->desk);
        desk_stop(&burst->desk);
    }
    disturb_end(&disturb);
    while (weft_atomic_load_acquire_word(&burst->sent) < EACH) {
        sends_next(burst);
    }
    desk_close(&burst->desk);
    for (int i = 0; i < EACH; i++) {
        int rc = weft_future_result(&burst->notes[i].request);
        CHECK(rc == i || rc == WEFT_ERR_STOPPED);
        CHECK_EQ(weft_atomic_load_acquire_word(&burst->notes[i].at), 1);
    }
    frame_drop(burst, sizeof(*burst));
}
