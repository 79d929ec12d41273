/* test_service_loop.c - services: loops keep their rate, and may unset each
 * other
 * SPDX-License-Identifier: MIT
 *
 * The numbers at the ends of names: see test_service.c.
 */
#include <stdio.h>

#include "tests/support/frames.h"
#include "tests/support/fibers.h"
#include "tests/support/services.h"
#include "tests/support/test.h"

enum { TIMES = 16, FLOOD = 3 };

struct beat {
    weft_service_loop_t loop;
    unsigned count;
    uint64_t at[TIMES];
    weft_service_loop_t *victim; /* whom it unsets at its second run */
    uint64_t pause_us;           /* what it takes */
};

/* A service on a loop, which a case runs for some time. */
struct tower {
    weft_loop_t loop;
    weft_service_t service;
    struct beat beat[2];
    struct note notes[FLOOD];
    uint64_t started_us;
    bool flooding;
    unsigned handled;
};

static struct tower *tower_of(weft_service_t *service)
{
    return WEFT_CONTAINER_OF(service, struct tower, service);
}

/* Virtual time passes, or does so by itself. */
static void spend(uint64_t us)
{
    stand_until(weft_now_us() + us);
}

static void beats(weft_service_t *service, weft_service_loop_t *loop)
{
    struct beat *beat = WEFT_CONTAINER_OF(loop, struct beat, loop);

    if (beat->count < TIMES) {
        beat->at[beat->count] = weft_now_us();
    }
    beat->count++;
    if (beat->count == 2 && beat->victim != NULL) {
        weft_service_loop_unset(service, beat->victim);
    }
    if (beat->pause_us > 0) {
        spend(beat->pause_us);
    }
}

static int notes_the_time(weft_service_t *service, weft_request_t *request)
{
    (void)request;
    tower_of(service)->started_us = weft_now_us();
    return WEFT_OK;
}

enum { REQUEST, SET, CODES };
enum { COST_US = 20, RATE_US = 1000 };

/* Each is sent again when it was answered: the mailbox is never empty. */
static void send_again(weft_future_t *future)
{
    struct tower *tower = (struct tower *)(uintptr_t)note_of(future)->at;

    if (tower->flooding) {
        (void)weft_service_send(&tower->service, REQUEST, future);
    }
}

static int takes_time(weft_service_t *service, weft_request_t *request)
{
    (void)request;
    tower_of(service)->handled++;
    if (TEST_IN_SIM) {
        spend(COST_US);
    }
    return WEFT_OK;
}

static int sets_a_loop(weft_service_t *service, weft_request_t *request)
{
    struct tower *tower = tower_of(service);

    (void)request;
    return weft_service_loop_set(service, &tower->beat[1].loop, beats,
                                 WEFT_MS(2));
}

static const weft_handler_t tower_handlers[] = {{REQUEST, 0, takes_time},
                                                {SET, 0, sets_a_loop}};
static const weft_service_type_t tower_type = {
    .name = "tower",
    .handlers = tower_handlers,
    .handlers_count = CODES,
    .on_start = notes_the_time,
};

static struct tower *tower_new(void)
{
    struct tower *tower = frame_new(sizeof(*tower));

    weft_loop_init(&tower->loop, NULL);
    CHECK_EQ(
        weft_service_init(&tower->service, &tower_type, &tower->loop.executor),
        0);
    return tower;
}

static void beat_set(struct tower *tower, int i, uint64_t interval_us)
{
    CHECK_EQ(weft_service_loop_set(&tower->service, &tower->beat[i].loop, beats,
                                   interval_us),
             0);
}

static void ask(struct tower *tower, unsigned code)
{
    struct note note = {.value = 0};

    CHECK_EQ(weft_service_send(&tower->service, code, &note.request), 0);
    while (!weft_future_settled(&note.request)) {
        (void)weft_loop_step(&tower->loop);
    }
    ended(&note, 0);
}

static void run_for(struct tower *tower, uint64_t us)
{
    struct sleeper sleeper = {.deadline_us = weft_deadline(us)};

    CHECK_EQ(weft_loop_run_task(&tower->loop, sleeper_task(&sleeper)), 7);
}

/* However slow the machine is. */
static void run_until(struct tower *tower, const struct beat *beat,
                      unsigned count)
{
    while (beat->count < count) {
        run_for(tower, WEFT_MS(1));
    }
}

static void tower_drop(struct tower *tower)
{
    ask(tower, WEFT_SERVICE_STOP);
    weft_loop_deinit(&tower->loop);
    frame_drop(tower, sizeof(*tower));
}

/* Never early; in virtual time never late either. */
static void in_time(const struct beat *beat, uint64_t first_us,
                    uint64_t interval_us)
{
    unsigned count = beat->count < TIMES ? beat->count : TIMES;

    for (unsigned i = 0; i < count; i++) {
        uint64_t due_us = first_us + (i + beat->loop.missed) * interval_us;
        CHECK(beat->at[i] >= first_us + i * interval_us);
        CHECK(!TEST_IN_SIM || beat->at[i] <= due_us);
    }
}

CASE(a_loop_runs_one_interval_after_the_start_and_then_without_drift_19)
{
    struct tower *tower = tower_new();

    beat_set(tower, 0, WEFT_MS(3));
    tower->beat[0].pause_us = WEFT_MS(1);
    run_for(tower, WEFT_MS(10));
    CHECK_EQ(tower->beat[0].count, 0); /* it is not started */
    ask(tower, WEFT_SERVICE_START);
    CHECK(!TEST_IN_SIM || tower->beat[0].count == 0);
    run_for(tower, WEFT_MS(32));
    in_time(&tower->beat[0], tower->started_us + WEFT_MS(3), WEFT_MS(3));
    CHECK(!TEST_IN_SIM || tower->beat[0].count >= 10);
    CHECK(tower->beat[0].count >= 1);
    ask(tower, WEFT_SERVICE_STOP);
    tower->beat[0].count = 0;
    run_for(tower, WEFT_MS(10));
    CHECK_EQ(tower->beat[0].count, 0); /* nor any more */
    ask(tower, WEFT_SERVICE_START);
    run_for(tower, WEFT_MS(7));
    CHECK(tower->beat[0].count >= 1);
    in_time(&tower->beat[0], tower->started_us + WEFT_MS(3), WEFT_MS(3));
    tower_drop(tower);
}

CASE(a_loop_set_while_it_serves_runs_one_interval_later_19)
{
    struct tower *tower = tower_new();
    uint64_t set_us;

    ask(tower, WEFT_SERVICE_START);
    run_for(tower, WEFT_MS(3));
    set_us = weft_now_us();
    ask(tower, SET);
    run_for(tower, WEFT_MS(7));
    CHECK(tower->beat[1].count >= 1);
    CHECK(tower->beat[1].at[0] >= set_us + WEFT_MS(2));
    ask(tower, SET); /* again: from now on */
    CHECK_EQ(tower->beat[1].loop.missed, 0);
    tower_drop(tower);
}

CASE(two_loops_of_one_service_run_each_at_its_own_rate_19)
{
    struct tower *tower = tower_new();

    beat_set(tower, 0, WEFT_MS(2));
    beat_set(tower, 1, WEFT_MS(5));
    ask(tower, WEFT_SERVICE_START);
    run_for(tower, WEFT_US(20500));
    in_time(&tower->beat[0], tower->started_us + WEFT_MS(2), WEFT_MS(2));
    in_time(&tower->beat[1], tower->started_us + WEFT_MS(5), WEFT_MS(5));
    if (TEST_IN_SIM) {
        CHECK(tower->beat[0].count >= 10);
        CHECK(tower->beat[1].count >= 4);
    }
    CHECK(tower->beat[0].count + tower->beat[0].loop.missed >= 10);
    CHECK(tower->beat[1].count + tower->beat[1].loop.missed >= 4);
    tower_drop(tower);
}

CASE(what_could_not_be_in_time_is_skipped_and_counted_19)
{
    struct tower *tower = tower_new();
    struct beat *beat = &tower->beat[0];

    beat_set(tower, 0, WEFT_MS(2));
    beat->pause_us = WEFT_MS(5);
    ask(tower, WEFT_SERVICE_START);
    run_for(tower, WEFT_MS(30));
    CHECK(beat->loop.missed >= beat->count - 1);
    for (unsigned i = 0; TEST_IN_SIM && i < beat->count && i < TIMES; i++) {
        CHECK_EQ((beat->at[i] - tower->started_us) % WEFT_MS(1), 0);
    }
    tower_drop(tower);
}

CASE(a_loop_slower_than_its_interval_does_not_hold_up_others_for_long_19)
{
    struct tower *tower = tower_new();
    uint64_t due_us;

    beat_set(tower, 0, WEFT_MS(1));
    tower->beat[0].pause_us = WEFT_MS(2);
    ask(tower, WEFT_SERVICE_START);
    due_us = weft_deadline(WEFT_MS(10));
    run_for(tower, WEFT_MS(10));
    CHECK(weft_now_us() >= due_us);
    CHECK(!TEST_IN_SIM || weft_now_us() < due_us + WEFT_MS(200));
    CHECK(tower->beat[0].count > 0);
    tower_drop(tower);
}

CASE(a_loop_of_an_endless_interval_never_runs_19)
{
    struct tower *tower = tower_new();

    spend(WEFT_MS(1));
    beat_set(tower, 0, WEFT_FOREVER);
    beat_set(tower, 1, WEFT_FOREVER - 5);
    ask(tower, WEFT_SERVICE_START);
    run_for(tower, WEFT_MS(2));
    CHECK_EQ(tower->beat[0].count, 0);
    CHECK_EQ(tower->beat[1].count, 0);
    tower_drop(tower);
}

CASE(a_loop_unsets_itself_19)
{
    struct tower *tower = tower_new();

    tower->beat[0].victim = &tower->beat[0].loop;
    beat_set(tower, 0, WEFT_MS(1));
    beat_set(tower, 1, WEFT_MS(1));
    ask(tower, WEFT_SERVICE_START);
    run_until(tower, &tower->beat[0], 2);
    run_until(tower, &tower->beat[1], 5);
    CHECK_EQ(tower->beat[0].count, 2);
    weft_service_loop_unset(&tower->service, &tower->beat[0].loop);
    tower_drop(tower);
}

/* Both are due at once: who was unset does not run any more. */
CASE(a_loop_unsets_another_that_is_due_at_the_same_time_19)
{
    for (int first = 0; first < 2; first++) {
        struct tower *tower = tower_new();

        tower->beat[first].victim = &tower->beat[1 - first].loop;
        beat_set(tower, 0, WEFT_MS(1));
        beat_set(tower, 1, WEFT_MS(1));
        ask(tower, WEFT_SERVICE_START);
        run_until(tower, &tower->beat[first], 5);
        CHECK(tower->beat[1 - first].count <= 2);
        CHECK(tower->beat[1 - first].count >= 1);
        tower_drop(tower);
    }
}

static void reports(const struct tower *tower, unsigned ought)
{
    printf("# %u of %u runs of a loop, %u requests handled meanwhile\n",
           tower->beat[0].count, ought, tower->handled);
}

CASE(loops_keep_nine_tenths_of_their_rate_while_requests_flood_in_19)
{
    enum { OUGHT = 100 };
    struct tower *tower = tower_new();

    beat_set(tower, 0, RATE_US);
    ask(tower, WEFT_SERVICE_START);
    tower->flooding = true;
    for (int i = 0; i < FLOOD; i++) {
        tower->notes[i].at = (uintptr_t)tower;
        weft_future_then(&tower->notes[i].request, send_again);
        CHECK_EQ(weft_service_send(&tower->service, REQUEST,
                                   &tower->notes[i].request),
                 0);
    }
    run_for(tower, (OUGHT + 1) * RATE_US);
    if (!TEST_IN_SIM) {
        reports(tower, OUGHT);
    } else { /* elsewhere the machine may be busy */
        CHECK(tower->beat[0].count >= OUGHT * 9 / 10);
        CHECK(tower->handled >= OUGHT * RATE_US / COST_US * 8 / 10);
    }
    CHECK(tower->beat[0].count > 0);
    CHECK(tower->handled > 0);
    tower->flooding = false;
    tower_drop(tower);
}

/* --- from a handler that waits */

struct hut {
    weft_loop_t loop;
    weft_service_t service;
    weft_service_fibers_t fibers;
    weft_service_fiber_t fiber[2];
    char stack[2][FIBER_STACK];
    weft_event_t never;
    struct beat beat;
};

static int sets_it_late(weft_service_t *service, weft_request_t *request)
{
    struct hut *hut = WEFT_CONTAINER_OF(service, struct hut, service);

    (void)request;
    CHECK_EQ(weft_sleep(WEFT_MS(2)), 0);
    CHECK_EQ(weft_service_loop_set(service, &hut->beat.loop, beats, WEFT_MS(2)),
             0);
    return weft_event_wait(&hut->never);
}

static const weft_handler_t hut_handlers[] = {
    {0, WEFT_HANDLER_FIBER, sets_it_late}};
static const weft_service_type_t hut_type = {
    .handlers = hut_handlers,
    .handlers_count = 1,
    .flags = WEFT_SERVICE_CONCURRENT,
};

CASE(a_loop_set_by_a_handler_that_goes_on_waiting_runs_meanwhile_19)
{
    struct hut *hut = frame_new(sizeof(*hut));
    struct note notes[3];

    memset(notes, 0, sizeof(notes));
    weft_event_init(&hut->never, false);
    weft_loop_init(&hut->loop, NULL);
    CHECK_EQ(weft_service_init(&hut->service, &hut_type, &hut->loop.executor),
             0);
    for (int i = 0; i < 2; i++) {
        weft_fiber_init(&hut->fiber[i].fiber, "hut", hut->stack[i],
                        FIBER_STACK);
    }
    CHECK_EQ(
        weft_service_fibers_set(&hut->service, &hut->fibers, hut->fiber, 2), 0);
    CHECK_EQ(weft_service_start(&hut->service, &notes[0].request), 0);
    CHECK_EQ(weft_service_send(&hut->service, 0, &notes[1].request), 0);
    for (int i = 0; i < 1000 && hut->beat.count < 4; i++) {
        struct sleeper sleeper = {.deadline_us = weft_deadline(WEFT_MS(1))};

        CHECK(!TEST_IN_SIM || i < 15);
        CHECK_EQ(weft_loop_run_task(&hut->loop, sleeper_task(&sleeper)), 7);
    }
    CHECK(hut->beat.count >= 4);
    waits(&notes[1]);
    CHECK_EQ(weft_service_stop(&hut->service, &notes[2].request), 0);
    weft_loop_stop(&hut->loop);
    CHECK_EQ(weft_loop_run(&hut->loop), 0);
    ended(&notes[1], WEFT_ERR_CANCELLED);
    ended(&notes[2], 0);
    weft_loop_deinit(&hut->loop);
    frame_drop(hut, sizeof(*hut));
}

static int sleeps_long(weft_service_t *service, weft_request_t *request)
{
    (void)service;
    (void)request;
    return weft_sleep(WEFT_S(9));
}

static const weft_handler_t long_handlers[] = {
    {0, WEFT_HANDLER_FIBER, sleeps_long}};
static const weft_service_type_t long_type = {.handlers = long_handlers,
                                              .handlers_count = 1};

CASE(a_serial_service_whose_handler_waits_sleeps_though_a_loop_is_due_19)
{
    struct hut *hut = frame_new(sizeof(*hut));
    struct note notes[3];
    int steps = 0;

    memset(notes, 0, sizeof(notes));
    weft_loop_init(&hut->loop, NULL);
    CHECK_EQ(weft_service_init(&hut->service, &long_type, &hut->loop.executor),
             0);
    weft_fiber_init(&hut->fiber[0].fiber, "hut", hut->stack[0], FIBER_STACK);
    CHECK_EQ(
        weft_service_fibers_set(&hut->service, &hut->fibers, hut->fiber, 1), 0);
    CHECK_EQ(weft_service_loop_set(&hut->service, &hut->beat.loop, beats,
                                   WEFT_MS(1)),
             0);
    CHECK_EQ(weft_service_start(&hut->service, &notes[0].request), 0);
    CHECK_EQ(weft_service_send(&hut->service, 0, &notes[1].request), 0);
    for (int i = 0; i < 10; i++) {
        (void)weft_loop_step(&hut->loop);
    }
    spend(WEFT_MS(2));
    while (weft_loop_step(&hut->loop) < weft_now_us() + WEFT_S(1)) {
        CHECK(++steps < 100);
    }
    waits(&notes[1]);
    weft_fiber_cancel(&hut->fiber[0].fiber);
    CHECK_EQ(weft_service_stop(&hut->service, &notes[2].request), 0);
    weft_loop_stop(&hut->loop);
    CHECK_EQ(weft_loop_run(&hut->loop), 0);
    ended(&notes[2], 0);
    weft_loop_deinit(&hut->loop);
    frame_drop(hut, sizeof(*hut));
}
