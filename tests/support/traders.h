/* traders.h - tasks that send and receive, on a manual executor
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_TEST_TRADERS_H
#define WEFT_TEST_TRADERS_H

#include <stdlib.h>

#include "tests/support/test.h"
#include "weft/weft.h"

enum { TRADERS = 8 };
enum trade { SENDS, RECEIVES };

struct market;

struct trader {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    struct market *market;
    enum trade trade;
    bool again; /* until it fails */
    int value;
};

struct market {
    weft_manual_t manual;
    weft_channel_t channel;
    int *room;
    struct trader trader[TRADERS];
    int received;
};

WEFT_TASK(trader)
{
    int rc;
    WEFT_BEGIN;
    do {
        if (self->trade == SENDS) {
            WEFT_AWAIT_RC(rc, weft_channel_send, &self->market->channel,
                          &self->value);
        } else {
            WEFT_AWAIT_RC(rc, weft_channel_recv, &self->market->channel,
                          &self->value);
            self->market->received += rc == 0;
        }
    } while (self->again && rc == 0);
    return rc;
    WEFT_END;
}

static inline void market_open(struct market *m, int traders, size_t capacity)
{
    CHECK(traders <= TRADERS);
    *m = (struct market){.received = 0};
    weft_manual_init(&m->manual);
    m->room = (int *)calloc(capacity + 1, sizeof(int));
    CHECK_EQ(weft_channel_init(&m->channel, m->room, sizeof(int), capacity), 0);
}

static inline void trader_start(struct market *m, int i, enum trade trade,
                                int value)
{
    struct trader *trader = &m->trader[i];

    trader->market = m;
    trader->trade = trade;
    trader->value = value;
    CHECK_EQ(weft_spawn(&m->manual.executor, trader_task(trader)), 0);
}

/* Its task has ended with rc. */
static inline bool ended(const struct market *m, int i, int rc)
{
    const weft_task_t *task = &m->trader[i].task;

    return weft_task_finished(task) && weft_task_result(task) == rc;
}

static inline int try_send(struct market *m, int value)
{
    return weft_channel_try_send(&m->channel, &value);
}

/* The value, or the error. */
static inline int try_recv(struct market *m)
{
    int value;
    int rc = weft_channel_try_recv(&m->channel, &value);

    return rc < 0 ? rc : value;
}

/* Whoever still waits is cancelled. */
static inline void market_close(struct market *m)
{
    for (int i = 0; i < TRADERS; i++) {
        weft_task_cancel(&m->trader[i].task);
    }
    (void)weft_manual_drain(&m->manual);
    CHECK(m->channel.senders.first == NULL);
    CHECK(m->channel.receivers.first == NULL);
    weft_channel_deinit(&m->channel);
    weft_manual_stop(&m->manual);
    (void)weft_manual_drain(&m->manual);
    free(m->room);
}

#endif
