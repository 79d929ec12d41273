/* test_service_stop.c - services: what a stop settles, and that it comes last
 * SPDX-License-Identifier: MIT
 *
 * The numbers at the ends of names: see test_service.c.
 */
#include "tests/support/endings.h"

CASE(a_stop_hook_that_refuses_leaves_it_serving_12)
{
    struct desk desk;
    struct note stop = {.value = 0};
    struct note second = {.value = 0};
    struct note kept = {.value = 0};
    struct note note = {.value = 5};

    desk_serve(&desk);
    desk.stop_rc = WEFT_ERR_BUSY;
    desk_send(&desk, DESK_KEEP, &kept);
    desk_send(&desk, WEFT_SERVICE_STOP, &stop);
    desk_send(&desk, DESK_NOTE, &note);
    desk_send(&desk, WEFT_SERVICE_STOP, &second);
    desk_run(&desk);
    ended(&stop, WEFT_ERR_BUSY);
    ended(&second, WEFT_ERR_BUSY);
    ended(&note, 5);
    waits(&kept);
    CHECK_EQ(weft_service_state(&desk.service), WEFT_SERVICE_SERVING);
    desk_has(&desk, 4, STARTED, STOPPED, 5, STOPPED);
    CHECK(weft_kept_settle(&desk.kept[0], 8));
    ended(&kept, 8);
    desk_close(&desk);
}

/* --- what a stop settles */

CASE(a_stop_settles_what_was_sent_after_it_and_handles_what_was_before_13)
{
    struct desk desk;
    struct note notes[5];

    desk_serve(&desk);
    notes_init(notes, 5);
    desk_send(&desk, DESK_NOTE, &notes[0]);
    desk_send(&desk, DESK_NOTE, &notes[1]);
    desk_send(&desk, WEFT_SERVICE_STOP, &notes[2]);
    desk_send(&desk, DESK_NOTE, &notes[3]);
    desk_send(&desk, 1000, &notes[4]);
    desk_run(&desk);
    ended(&notes[0], 0);
    ended(&notes[1], 1);
    ended(&notes[2], 0);
    ended(&notes[3], WEFT_ERR_STOPPED);
    ended(&notes[4], WEFT_ERR_STOPPED);
    CHECK_EQ(settled, 5);
    desk_has(&desk, 4, STARTED, 0, 1, STOPPED);
    desk_close(&desk);
}

CASE(a_stop_cancels_what_is_kept_and_a_late_answer_is_told_so_13)
{
    struct desk desk;
    struct note kept[2];
    struct note late = {.value = 0};

    desk_serve(&desk);
    notes_init(kept, 2);
    desk_send(&desk, DESK_KEEP, &kept[0]);
    desk_send(&desk, DESK_KEEP, &kept[1]);
    desk_run(&desk);
    CHECK(weft_kept_settle(&desk.kept[0], 4));
    desk_send(&desk, WEFT_SERVICE_STOP, &late);
    desk_run(&desk);
    ended(&kept[0], 4);
    ended(&kept[1], WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_future_state(&kept[1].request), WEFT_FUTURE_CANCELLED);
    CHECK(!weft_kept_settle(&desk.kept[1], 5));
    ended(&kept[1], WEFT_ERR_CANCELLED);
    CHECK_EQ(settled, 2);
    desk_close(&desk);
}

static weft_kept_t outside;

static int keeps_outside(weft_service_t *service, weft_request_t *request)
{
    return weft_request_keep(service, request, &outside);
}

CASE(a_late_answer_touches_neither_the_service_nor_the_request_13)
{
    struct desk *desk = frame_new(sizeof(*desk));
    struct note *kept = frame_new(sizeof(*kept));
    weft_handler_entry_t entry;

    desk_open(desk, NULL);
    CHECK_EQ(
        weft_service_handler_set(&desk->service, &entry, 50, keeps_outside), 0);
    desk_start(desk);
    desk_send(desk, 50, kept);
    desk_run(desk);
    desk_close(desk);
    ended(kept, WEFT_ERR_CANCELLED);
    frame_drop(kept, sizeof(*kept));
    frame_drop(desk, sizeof(*desk));
    CHECK(weft_kept_take(&outside) == NULL);
}

CASE(a_stop_does_not_cancel_what_was_taken_for_good_13)
{
    struct desk desk;
    struct note taken = {.value = 0};

    desk_serve(&desk);
    weft_future_then(&taken.request, count_end);
    desk_send(&desk, DESK_TAKE, &taken);
    desk_run(&desk);
    desk_stop(&desk);
    waits(&taken);
    weft_request_settle(desk.taken, 9);
    ended(&taken, 9);
    CHECK_EQ(taken.ends, 1);
    desk_close(&desk);
}

/* --- the stop comes last */

static struct desk *to_free;

static void free_service(weft_future_t *future)
{
    CHECK_EQ(weft_future_result(future), 0);
    memset(&to_free->service, 0xdb, sizeof(to_free->service));
    write_end(future);
}

CASE(the_memory_of_a_service_goes_in_the_function_of_its_stop_15)
{
    struct desk desk;
    struct note notes[6];

    desk_serve(&desk);
    notes_init(notes, 6);
    to_free = &desk;
    weft_future_then(&notes[2].request, free_service);
    desk_send(&desk, DESK_KEEP, &notes[0]);
    desk_send(&desk, DESK_NOTE, &notes[1]);
    desk_send(&desk, WEFT_SERVICE_STOP, &notes[2]);
    desk_send(&desk, DESK_NOTE, &notes[3]);
    desk_send(&desk, DESK_KEEP, &notes[4]);
    desk_send(&desk, DESK_NOTE, &notes[5]);
    desk_run(&desk);
    CHECK_EQ(settled, 6);
    CHECK_EQ(order[5], 2);
    CHECK_EQ(notes[5].value, 5);
    weft_manual_stop(&desk.manual);
    desk_run(&desk);
}

CASE(all_of_several_stops_come_last_and_the_first_may_free_it_15)
{
    struct desk desk;
    struct note notes[3];

    desk_serve(&desk);
    notes_init(notes, 3);
    to_free = &desk;
    for (int i = 0; i < 3; i++) {
        if (i != 1) {
            weft_future_then(&notes[i].request, free_service);
        }
        desk_send(&desk, i == 1 ? DESK_NOTE : WEFT_SERVICE_STOP, &notes[i]);
    }
    desk_run(&desk);
    CHECK_EQ(settled, 3);
    CHECK_EQ(order[0], 1);
    ended(&notes[1], WEFT_ERR_STOPPED);
    weft_manual_stop(&desk.manual);
    desk_run(&desk);
}
