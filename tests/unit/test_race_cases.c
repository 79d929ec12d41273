/* test_race_cases.c - a case that is ready, and another that just becomes so
 * SPDX-License-Identifier: MIT
 *
 * A select has linked its first case and comes to its second, which is ready,
 * while another core serves the first: of the two one happens, and the other
 * stays as it was.
 */
#include "tests/support/cores.h"
#include "tests/support/frames.h"
#include "weft/select.h"

struct visit {
    weft_task_t task;
    weft_await_t await;
    weft_case_t cases[2];
    weft_event_t first; /* automatic; set meanwhile */
    weft_event_t event; /* automatic */
    weft_channel_t slots;
    struct {
        weft_signal_t signal;
        int value;
    } number;
    char room[WEFT_CHANNEL_SLOTS_SIZE(sizeof(int), 1)];
    int value;
};

WEFT_TASK(visit)
{
    int rc;
    WEFT_BEGIN;
    WEFT_AWAIT_RC(rc, weft_select, self->cases, 2, WEFT_SELECT_ORDERED);
    return rc;
    WEFT_END;
}

struct kind {
    weft_case_t (*ready)(struct visit *visit);
    /* Whether the second case was not done; called once. */
    bool (*left)(struct visit *visit);
};

static void set_first(void *ctx)
{
    weft_event_set(&((struct visit *)ctx)->first);
}

static void visit_once(struct core *core, const struct kind *kind)
{
    struct visit *visit = frame_new(sizeof(*visit));
    weft_port_thread_t setter;
    int rc;

    weft_event_init(&visit->first, true);
    visit->value = 6;
    CHECK_EQ(
        weft_channel_init_slots(&visit->slots, visit->room, sizeof(int), 1), 0);
    visit->cases[0] = weft_case_event(&visit->first);
    visit->cases[1] = kind->ready(visit);
    thread_start(&setter, set_first, visit);
    CHECK_EQ(weft_spawn(&core->loop.executor, visit_task(visit)), 0);
    weft_port_thread_join(&setter);
    spin_until_finished(&visit->task);
    rc = weft_task_result(&visit->task);
    CHECK(rc == 0 || rc == 1);
    CHECK_EQ(visit->cases[rc].rc, 0);
    CHECK_EQ(weft_event_is_set(&visit->first), rc == 1);
    CHECK_EQ(kind->left(visit), rc == 0);
    frame_drop(visit, sizeof(*visit));
}

static void visits(const struct kind *kind)
{
    struct core core;

    core_start(&core);
    for (int i = 0; i < RACE_ROUNDS; i++) {
        visit_once(&core, kind);
    }
    core_stop(&core);
}

static weft_case_t recv_ready(struct visit *visit)
{
    CHECK_EQ(weft_channel_try_send(&visit->slots, &(int){5}), 0);
    return weft_case_recv(&visit->slots, &visit->value);
}

static bool recv_left(struct visit *visit)
{
    bool left = weft_channel_count(&visit->slots) == 1;

    CHECK_EQ(visit->value, left ? 6 : 5);
    return left;
}

CASE(of_an_event_and_a_receive_from_slots_one_happens)
{
    static const struct kind kind = {recv_ready, recv_left};

    visits(&kind);
}

static weft_case_t send_ready(struct visit *visit)
{
    return weft_case_send(&visit->slots, &visit->value);
}

static bool send_left(struct visit *visit)
{
    int value = 0;
    bool left = weft_channel_try_recv(&visit->slots, &value) != 0;

    CHECK_EQ(value, left ? 0 : 6);
    return left;
}

CASE(of_an_event_and_a_send_to_slots_one_happens)
{
    static const struct kind kind = {send_ready, send_left};

    visits(&kind);
}

static weft_case_t signal_ready(struct visit *visit)
{
    weft_signal_init(&visit->number.signal, &visit->number.value, sizeof(int));
    weft_signal_set(&visit->number.signal, &(int){5});
    return weft_case_signal(&visit->number.signal, &visit->value);
}

static bool signal_left(struct visit *visit)
{
    int value = 0;
    bool left = weft_signal_try_wait(&visit->number.signal, &value) == 0;

    CHECK_EQ(visit->value, left ? 6 : 5);
    return left;
}

CASE(of_an_event_and_a_signal_one_happens)
{
    static const struct kind kind = {signal_ready, signal_left};

    visits(&kind);
}

static weft_case_t event_ready(struct visit *visit)
{
    weft_event_init(&visit->event, true);
    weft_event_set(&visit->event);
    return weft_case_event(&visit->event);
}

static bool event_left(struct visit *visit)
{
    return weft_event_is_set(&visit->event);
}

CASE(of_two_automatic_events_one_happens)
{
    static const struct kind kind = {event_ready, event_left};

    visits(&kind);
}
