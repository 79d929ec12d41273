/* test_service_fiber.c - services: handlers that wait in fibers
 * SPDX-License-Identifier: MIT
 *
 * The numbers at the ends of names: see test_service.c.
 */
#include "tests/support/wards.h"

CASE(while_a_handler_waits_the_next_request_waits_for_its_end_08)
{
    struct ward ward;
    struct note notes[3] = {{.value = 1}, {.value = 2}, {.value = 3}};

    ward_serve(&ward, &serial);
    desk_send(&ward.desk, WAIT, &notes[0]);
    desk_send(&ward.desk, DESK_NOTE, &notes[1]);
    desk_send(&ward.desk, WAIT, &notes[2]);
    desk_run(&ward.desk);
    desk_has(&ward.desk, 1, 1);
    let_one_in(&ward);
    desk_has(&ward.desk, 3, -1, 2, 3);
    ended(&notes[0], 1);
    ended(&notes[1], 2);
    waits(&notes[2]);
    let_one_in(&ward);
    ended(&notes[2], 3);
    CHECK_EQ(ward.most, 1);
    ward_gone(&ward);
}

CASE(a_concurrent_service_takes_the_next_while_it_has_a_fiber_left_08)
{
    struct ward ward;
    struct note notes[4] = {
        {.value = 1}, {.value = 2}, {.value = 3}, {.value = 4}};

    ward_serve(&ward, &concurrent);
    desk_send(&ward.desk, WAIT, &notes[0]);
    desk_send(&ward.desk, DESK_NOTE, &notes[1]);
    desk_run(&ward.desk);
    desk_has(&ward.desk, 2, 1, 2);
    ended(&notes[1], 2);
    desk_send(&ward.desk, WAIT, &notes[2]);
    desk_send(&ward.desk, WAIT, &notes[3]);
    desk_run(&ward.desk);
    desk_has(&ward.desk, 1, 3); /* the last has to wait */
    let_one_in(&ward);
    desk_has(&ward.desk, 2, -1, 4);
    let_one_in(&ward);
    let_one_in(&ward);
    for (int i = 0; i < 4; i++) {
        ended(&notes[i], i + 1);
    }
    CHECK_EQ(ward.most, 2);
    ward_gone(&ward);
}

CASE(a_handler_in_a_fiber_asks_another_service_and_waits_08)
{
    struct ward ward;
    struct desk other;
    struct note note = {.value = 6};

    desk_serve(&other);
    ward_open(&ward, &serial);
    ward.other = &other;
    desk_start(&ward.desk);
    ward_send(&ward, ASK, &note);
    waits(&note);
    desk_run(&other);
    desk_run(&ward.desk);
    ended(&note, 7);
    ward_gone(&ward);
    desk_close(&other);
}

/* The other one waits for something else, and leaves it a fiber. */
CASE(a_handler_in_a_fiber_asks_its_own_service_while_another_one_waits_08)
{
    struct ward ward;
    struct note notes[2] = {{.value = 1}, {.value = 6}};

    ward_open(&ward, &concurrent);
    ward.other = &ward.desk;
    desk_start(&ward.desk);
    desk_send(&ward.desk, WAIT, &notes[0]);
    desk_send(&ward.desk, ASK, &notes[1]);
    desk_run(&ward.desk);
    waits(&notes[1]);
    let_one_in(&ward);
    ended(&notes[0], 1);
    ended(&notes[1], 7);
    ward_gone(&ward);
}

CASE(a_handler_in_a_fiber_keeps_its_request_08)
{
    struct ward ward;
    struct note note = {.value = 6};

    ward_serve(&ward, &serial);
    ward_send(&ward, KEEP, &note);
    let_one_in(&ward);
    waits(&note);
    CHECK(weft_kept_settle(&ward.desk.kept[0], 5));
    ended(&note, 5);
    ward_gone(&ward);
}

CASE(the_fibers_serve_in_the_next_life_too_08)
{
    struct ward ward;
    struct note note = {.value = 1};

    ward_open(&ward, &concurrent);
    for (int i = 0; i < 3; i++) {
        desk_start(&ward.desk);
        ward_send(&ward, WAIT, &note);
        let_one_in(&ward);
        ended(&note, 1);
        desk_stop(&ward.desk);
    }
    ward_gone(&ward);
}

/* --- answers to them */

CASE(an_answer_comes_to_a_handler_in_a_fiber_08)
{
    struct ward ward;
    struct desk other;
    struct note note = {.value = 6};
    weft_reply_t reply = {.context = NULL};

    desk_serve(&other);
    ward_serve(&ward, &serial);
    weft_reply_init(&reply, &ward.desk.service, WAIT, NULL);
    desk_ask(&other, &note, &reply);
    desk_run(&other);
    desk_run(&ward.desk);
    desk_has(&ward.desk, 1, 6);
    let_one_in(&ward);
    desk_has(&ward.desk, 1, -6);
    ended(&note, 6);
    ward_gone(&ward);
    desk_close(&other);
}

/* --- no stack */

/* A pool of one stack, which is taken: for a ward's fibers. */
enum { SHORT_MEMORY = FIBER_STACK + 512 };

struct shortage {
    weft_stack_pool_t stacks;
    weft_stack_t *taken;
    void *memory; /* the caller's: on all ports */
};

static void shortage_begin(struct shortage *shortage, struct ward *ward)
{
    weft_stack_config_t config = {.size = FIBER_STACK,
                                  .count_max = 1,
                                  .unguarded = true,
                                  .memory_size = SHORT_MEMORY};

    shortage->memory = frame_new(SHORT_MEMORY);
    config.memory = shortage->memory;
    weft_stack_pool_init(&shortage->stacks, &config);
    CHECK_EQ(weft_stack_acquire(&shortage->stacks, "taken", &shortage->taken),
             0);
    ward_open(ward, &serial);
    for (int i = 0; i < FIBERS; i++) {
        weft_fiber_init_pooled(&ward->fiber[i].fiber, "ward",
                               &shortage->stacks);
    }
    desk_start(&ward->desk);
}

/* When the stack was given back. */
static void shortage_gone(struct shortage *shortage, struct ward *ward)
{
    ward_gone(ward);
    weft_stack_pool_deinit(&shortage->stacks);
    frame_drop(shortage->memory, SHORT_MEMORY);
}

CASE(a_handler_that_gets_no_stack_fails_its_request_08)
{
    struct ward ward;
    struct note note = {.value = 1};
    struct shortage shortage;

    shortage_begin(&shortage, &ward);
    ward_send(&ward, WAIT, &note);
    ended(&note, WEFT_ERR_MEMORY);
    weft_stack_release(shortage.taken);
    ward_send(&ward, WAIT, &note);
    let_one_in(&ward);
    ended(&note, 1);
    shortage_gone(&shortage, &ward);
}

static int cleanups;

static void clean_up(weft_future_t *future)
{
    CHECK(weft_future_settled(future));
    cleanups++;
}

CASE(an_answer_whose_handler_gets_no_stack_goes_to_its_clean_up_14)
{
    struct ward ward;
    struct desk other;
    struct note note = {.value = 1};
    weft_reply_t reply = {.context = NULL};
    struct shortage shortage;

    cleanups = 0;
    desk_serve(&other);
    shortage_begin(&shortage, &ward);
    weft_reply_init(&reply, &ward.desk.service, WAIT, clean_up);
    desk_ask(&other, &note, &reply);
    desk_run(&other);
    desk_run(&ward.desk);
    CHECK_EQ(cleanups, 1);
    CHECK(!weft_request_in_flight(&note.request));
    desk_has(&ward.desk, 0);
    weft_stack_release(shortage.taken);
    shortage_gone(&shortage, &ward);
    desk_close(&other);
}
