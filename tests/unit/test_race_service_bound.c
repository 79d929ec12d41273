/* test_race_service_bound.c - services: bounds, while several send
 * SPDX-License-Identifier: MIT
 *
 * The numbers at the ends of names: see test_service.c.
 */
#include "tests/support/mills.h"

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
