/* test_service_flow.c - services: bound, floods, order
 * SPDX-License-Identifier: MIT
 *
 * The numbers at the ends of names: see test_service.c.
 */
#include "tests/support/services.h"
#include "tests/support/test.h"

/* --- the bound */

CASE(over_its_bound_a_send_fails_at_once_and_what_was_sent_is_handled_05)
{
    struct desk desk;
    struct note notes[4];

    desk_open(&desk, NULL);
    CHECK_EQ(weft_service_bound(&desk.service, 2), 0);
    desk_start(&desk);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 4; i++) {
            notes[i] = (struct note){.value = i};
            weft_future_then(&notes[i].request, count_end);
            CHECK_EQ(
                weft_service_send(&desk.service, DESK_NOTE, &notes[i].request),
                i < 2 ? 0 : WEFT_ERR_FULL);
            CHECK_EQ(notes[i].ends, i < 2 ? 0 : 1);
        }
        desk_run(&desk);
        for (int i = 0; i < 4; i++) {
            ended(&notes[i], i < 2 ? i : WEFT_ERR_FULL);
            CHECK_EQ(notes[i].ends, 1);
        }
    }
    desk_close(&desk);
}

CASE(starts_stops_and_what_is_handled_or_kept_do_not_count_for_the_bound_05)
{
    struct desk desk;
    struct note start = {.value = 0};
    struct note again = {.value = 0};
    struct note kept = {.value = 0};
    struct note note = {.value = 1};
    struct note more = {.value = 2};

    desk_open(&desk, NULL);
    CHECK_EQ(weft_service_bound(&desk.service, 1), 0);
    desk_send(&desk, WEFT_SERVICE_START, &start);
    desk_send(&desk, WEFT_SERVICE_START, &again);
    desk_send(&desk, DESK_KEEP, &kept);
    CHECK_EQ(weft_service_send(&desk.service, DESK_NOTE, &note.request),
             WEFT_ERR_FULL);
    desk_run(&desk);
    waits(&kept);
    desk_send(&desk, DESK_NOTE, &note);
    CHECK_EQ(weft_service_send(&desk.service, DESK_NOTE, &more.request),
             WEFT_ERR_FULL);
    desk_stop(&desk);
    ended(&note, 1);
    /* What a stop settles leaves room, too. */
    desk_start(&desk);
    desk_send(&desk, DESK_STOP, &start);
    desk_run(&desk);
    desk_start(&desk);
    desk_send(&desk, DESK_NOTE, &note);
    desk_run(&desk);
    ended(&note, 1);
    desk_close(&desk);
}

CASE(what_was_cancelled_or_has_no_handler_leaves_room_05)
{
    struct desk desk;
    struct note note = {.value = 1};

    desk_open(&desk, NULL);
    CHECK_EQ(weft_service_bound(&desk.service, 1), 0);
    desk_start(&desk);
    for (int i = 0; i < 3; i++) {
        desk_send(&desk, DESK_NOTE, &note);
        CHECK(weft_future_cancel(&note.request));
        desk_run(&desk);
        ended(&note, WEFT_ERR_CANCELLED);
        desk_send(&desk, 1000, &note);
        desk_run(&desk);
        ended(&note, WEFT_ERR_NO_HANDLER);
    }
    desk_close(&desk);
}

CASE(what_a_stop_fails_leaves_room_in_the_next_life_05)
{
    struct desk desk;
    struct note stop = {.value = 0};
    struct note notes[2] = {{.value = 1}, {.value = 2}};

    desk_open(&desk, NULL);
    CHECK_EQ(weft_service_bound(&desk.service, 2), 0);
    desk_start(&desk);
    for (int life = 0; life < 2; life++) {
        desk_send(&desk, WEFT_SERVICE_STOP, &stop);
        desk_send(&desk, DESK_NOTE, &notes[0]);
        desk_send(&desk, DESK_NOTE, &notes[1]);
        desk_run(&desk);
        ended(&notes[0], WEFT_ERR_STOPPED);
        ended(&notes[1], WEFT_ERR_STOPPED);
        desk_start(&desk);
    }
    desk_close(&desk);
}

CASE(what_fails_before_a_restart_leaves_room_05)
{
    static const weft_service_type_t type = {DESK_TYPE,
                                             .restart = WEFT_RESTART_ONCE};
    struct desk desk;
    struct note fail = {.value = WEFT_ERR_USER};
    struct note notes[2] = {{.value = 1}, {.value = 2}};

    desk_open(&desk, &type);
    CHECK_EQ(weft_service_bound(&desk.service, 2), 0);
    desk_start(&desk);
    desk_send(&desk, DESK_FAIL, &fail);
    desk_send(&desk, DESK_NOTE, &notes[0]);
    desk_run(&desk);
    ended(&notes[0], WEFT_ERR_USER);
    desk_send(&desk, DESK_NOTE, &notes[0]);
    desk_send(&desk, DESK_NOTE, &notes[1]);
    desk_run(&desk);
    ended(&notes[0], 1);
    ended(&notes[1], 2);
    desk_close(&desk);
}

/* --- floods */

enum { FLOOD = 40 };

struct flood {
    weft_service_t *to;
    int there; /* the flood of who handles them */
    struct note notes[FLOOD];
    int sent, full, handled;
};
static struct flood flood[2];

/* Sends two for each that it handles, as long as there are any. */
static int floods(weft_service_t *service, weft_request_t *request)
{
    struct flood *own = &flood[note_of(request)->value];

    (void)service;
    own->handled++;
    for (int i = 0; i < 2 && own->sent < FLOOD; i++) {
        struct note *note = &own->notes[own->sent++];
        note->value = own->there;
        weft_future_then(&note->request, count_end);
        own->full += weft_service_send(own->to, DESK_NOTE, &note->request) ==
                     WEFT_ERR_FULL;
    }
    return WEFT_OK;
}

static const weft_handler_t flooding[] = {{DESK_NOTE, 0, floods}};
static const weft_service_type_t flooder = {
    .name = "flooder", .handlers = flooding, .handlers_count = 1};

static void each_ended_once(int i)
{
    CHECK_EQ(flood[i].sent, FLOOD);
    CHECK_EQ(flood[flood[i].there].handled + flood[i].full, FLOOD);
    for (int n = 0; n < FLOOD; n++) {
        CHECK_EQ(flood[i].notes[n].ends, 1);
    }
}

CASE(a_handler_floods_its_own_service_06)
{
    struct desk desk;

    memset(flood, 0, sizeof(flood));
    desk_open(&desk, &flooder);
    desk_start(&desk);
    flood[0].to = &desk.service;
    flood[0].sent = 1;
    weft_future_then(&flood[0].notes[0].request, count_end);
    desk_send(&desk, DESK_NOTE, &flood[0].notes[0]);
    desk_run(&desk);
    each_ended_once(0);
    CHECK_EQ(flood[0].full, 0);
    desk_close(&desk);
}

CASE(a_handler_floods_its_own_service_of_a_bound_of_one_06)
{
    struct desk desk;

    memset(flood, 0, sizeof(flood));
    desk_open(&desk, &flooder);
    CHECK_EQ(weft_service_bound(&desk.service, 1), 0);
    desk_start(&desk);
    flood[0].to = &desk.service;
    flood[0].sent = 1;
    weft_future_then(&flood[0].notes[0].request, count_end);
    desk_send(&desk, DESK_NOTE, &flood[0].notes[0]);
    desk_run(&desk);
    each_ended_once(0);
    CHECK(flood[0].full > 0);
    desk_close(&desk);
}

/* Each sends to the other what that one handles for it. */
CASE(two_services_of_a_bound_of_one_flood_each_other_06)
{
    struct desk *desk = frame_new(2 * sizeof(*desk));

    memset(flood, 0, sizeof(flood));
    for (int i = 0; i < 2; i++) {
        desk_open(&desk[i], &flooder);
        CHECK_EQ(weft_service_bound(&desk[i].service, 1), 0);
        desk_start(&desk[i]);
        flood[i].to = &desk[1 - i].service;
        flood[i].there = 1 - i;
        flood[i].sent = 1;
        flood[i].notes[0].value = 1 - i;
        weft_future_then(&flood[i].notes[0].request, count_end);
    }
    desk_send(&desk[1], DESK_NOTE, &flood[0].notes[0]);
    desk_send(&desk[0], DESK_NOTE, &flood[1].notes[0]);
    for (int turn = 0; turn < 4 * FLOOD; turn++) {
        desk_run(&desk[turn % 2]);
    }
    each_ended_once(0);
    each_ended_once(1);
    CHECK(flood[0].full > 0 && flood[1].full > 0);
    desk_close(&desk[0]);
    desk_close(&desk[1]);
    frame_drop(desk, 2 * sizeof(*desk));
}

/* --- order */

CASE(what_is_sent_first_is_handled_first_07)
{
    enum { COUNT = 8 };
    struct desk desk;
    struct note notes[COUNT];

    desk_serve(&desk);
    desk.logged = 0;
    for (int i = 0; i < COUNT; i++) {
        notes[i] = (struct note){.value = i};
        desk_send(&desk, DESK_NOTE, &notes[i]);
        if (i == 2) { /* some are there already when the others come */
            (void)weft_manual_run_one(&desk.manual);
        }
    }
    desk_run(&desk);
    desk_has(&desk, COUNT, 0, 1, 2, 3, 4, 5, 6, 7);
    desk_close(&desk);
}

static weft_handler_entry_t entry;

static int sends_inside(weft_service_t *service, weft_request_t *request)
{
    struct desk *desk = desk_of(service);
    static struct note inner[2];

    inner[0] = (struct note){.value = 20};
    inner[1] = (struct note){.value = 21};
    desk_send(desk, DESK_NOTE, &inner[0]);
    desk_send(desk, DESK_NOTE, &inner[1]);
    desk_write(desk, note_of(request)->value);
    CHECK_EQ(weft_future_state(&inner[0].request), WEFT_FUTURE_PENDING);
    return WEFT_OK;
}

CASE(what_a_handler_sends_to_itself_comes_when_it_has_ended_behind_others_07)
{
    struct desk desk;
    struct note outer = {.value = 10};
    struct note other = {.value = 11};

    desk_serve(&desk);
    desk.logged = 0;
    CHECK_EQ(weft_service_handler_set(&desk.service, &entry, 50, sends_inside),
             0);
    desk_send(&desk, 50, &outer);
    desk_send(&desk, DESK_NOTE, &other);
    desk_run(&desk);
    desk_has(&desk, 4, 10, 11, 20, 21);
    desk_close(&desk);
}
