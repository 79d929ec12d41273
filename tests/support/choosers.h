/* choosers.h - tasks that select, on a manual executor
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_TEST_CHOOSERS_H
#define WEFT_TEST_CHOOSERS_H

#include "tests/support/fibers.h"
#include "tests/support/test.h"
#include "weft/weft.h"

/* Two channels, events, a signal, and who selects from them. */

enum { CHOOSERS = 8, CASES = 4, CHOICES = 2000 };

struct number {
    weft_signal_t signal;
    int value;
};

struct hall {
    weft_manual_t manual;
    weft_channel_t a, b;
    int room_a[4], room_b[4];
    weft_event_t manual_event, auto_event;
    struct number number;
    struct chooser *chooser;
};

struct chooser {
    weft_task_t task;
    weft_await_t await;
    weft_case_t cases[CASES];
    size_t count;
    unsigned flags;
    bool again;
    int out, in; /* what it sends, what it has received */
    int times;
};
WEFT_TASK(chooser)
{
    int rc;
    WEFT_BEGIN;
    do {
        WEFT_AWAIT_RC(rc, weft_select, self->cases, self->count, self->flags);
        self->times += rc >= 0;
    } while (self->again && rc >= 0 && self->cases[rc].rc == 0 &&
             self->times < CHOICES);
    return rc;
    WEFT_END;
}

static inline void hall_open(struct hall *hall, size_t capacity)
{
    *hall =
        (struct hall){.chooser = frame_new(CHOOSERS * sizeof(struct chooser))};
    weft_manual_init(&hall->manual);
    CHECK_EQ(weft_channel_init(&hall->a, hall->room_a, sizeof(int), capacity),
             0);
    CHECK_EQ(weft_channel_init(&hall->b, hall->room_b, sizeof(int), capacity),
             0);
    weft_event_init(&hall->manual_event, false);
    weft_event_init(&hall->auto_event, true);
    weft_signal_init(&hall->number.signal, &hall->number.value, sizeof(int));
}

/* Nothing is left in any object by those who have ended. */
static inline void all_empty(struct hall *hall)
{
    CHECK(hall->a.senders.first == NULL && hall->a.receivers.first == NULL);
    CHECK(hall->b.senders.first == NULL && hall->b.receivers.first == NULL);
    CHECK(hall->manual_event.crowd.waiters.first == NULL);
    CHECK(hall->auto_event.crowd.waiters.first == NULL);
    CHECK(hall->number.signal.waiter == NULL);
}

static inline void hall_close(struct hall *hall)
{
    for (int i = 0; i < CHOOSERS; i++) {
        weft_task_cancel(&hall->chooser[i].task);
    }
    (void)weft_manual_drain(&hall->manual);
    all_empty(hall);
    weft_channel_deinit(&hall->a);
    weft_channel_deinit(&hall->b);
    weft_manual_stop(&hall->manual);
    (void)weft_manual_drain(&hall->manual);
    frame_drop(hall->chooser, CHOOSERS * sizeof(struct chooser));
}

/* Has a chooser begin to wait for these. */
static inline struct chooser *choose(struct hall *hall, int i, size_t count,
                                     weft_case_t first, weft_case_t second)
{
    struct chooser *one = &hall->chooser[i];

    one->cases[0] = first;
    one->cases[1] = second;
    one->count = count;
    one->out = 100 + i;
    CHECK_EQ(weft_spawn(&hall->manual.executor, chooser_task(one)), 0);
    (void)weft_manual_drain(&hall->manual);
    return one;
}

/* It has ended by that case, whose result that is. */
static inline bool chose(const struct chooser *one, int index, int rc)
{
    return weft_task_finished(&one->task) &&
           weft_task_result(&one->task) == index && one->cases[index].rc == rc;
}

static inline bool waits(const struct chooser *one)
{
    return !weft_task_finished(&one->task);
}

static inline bool failed(const struct chooser *one, int rc)
{
    return weft_task_finished(&one->task) && weft_task_result(&one->task) == rc;
}

static inline int put(weft_channel_t *channel, int value)
{
    return weft_channel_try_send(channel, &value);
}

/* The value, or the error. */
static inline int get(weft_channel_t *channel)
{
    int value;
    int rc = weft_channel_try_recv(channel, &value);

    return rc < 0 ? rc : value;
}

#endif
