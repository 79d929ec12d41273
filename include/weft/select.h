/* select.h - waits for the first of several things, of which one happens
 * SPDX-License-Identifier: MIT
 *
 * When to use it: to wait for several channels, events, signals and times at
 * once. Of all cases exactly one takes effect; the others are as if they had
 * never been asked for. Where one object is enough, wait for that with
 * an _until.
 *
 * Example, in a fiber or thread:
 *
 *     int serve(weft_channel_t *jobs, weft_event_t *stop)
 *     {
 *         int job;
 *         weft_case_t cases[] = {weft_case_recv(jobs, &job),
 *                                weft_case_event(stop)};
 *
 *         while (weft_select(cases, 2, WEFT_SELECT_FAIR) == 0 &&
 *                cases[0].rc == WEFT_OK) {
 *             work_on(job);
 *         }
 *         return WEFT_OK;
 *     }
 *
 * In a task the cases are in its frame:
 *
 *     struct server {
 *         weft_task_t task;
 *         weft_await_t await;
 *         weft_case_t cases[2];
 *         int job;
 *     };
 *     WEFT_TASK(server)
 *     {
 *         int chosen;
 *         WEFT_BEGIN;
 *         self->cases[0] = weft_case_recv(&jobs, &self->job);
 *         self->cases[1] = weft_case_timer(weft_deadline(WEFT_S(1)));
 *         WEFT_AWAIT_RC(chosen, weft_select, self->cases, 2, 0);
 *         return chosen;
 *         WEFT_END;
 *     }
 *
 * A select gives the index of the case that happened; that case's own result
 * is in its rc: 0, or what the operation gives when it ends without waiting,
 * such as WEFT_ERR_CLOSED. An error of the whole (WEFT_ERR_CANCELLED, with a
 * limit WEFT_ERR_TIMEOUT) means that no case happened. The same cases may be
 * selected from again and again.
 *
 * One channel may be in several cases, also to send and to receive; a select
 * never meets itself. A time is no object: it is looked at when nothing else
 * is ready, and of several the earliest counts.
 *
 * Context: tasks, fibers, threads; try from interrupts, too. Memory: the
 * caller's; cases, and what they name, stay in place until the select has
 * returned, and then nothing of it is left in any object.
 */
#ifndef WEFT_SELECT_H
#define WEFT_SELECT_H

#include <stddef.h>
#include <stdint.h>

#include "weft/channel.h"
#include "weft/event.h"
#include "weft/signal.h"
#include "weft/timer.h"
#include "weft/wait.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The most cases of one select. */
#define WEFT_SELECT_MAX 200

enum {
    WEFT_SELECT_FAIR = 0,    /* of several that are ready each as likely */
    WEFT_SELECT_ORDERED = 1, /* of several that are ready the first is */
};

/* How an object takes part in selects, for who writes one. node->object is
 * the object, node->buffer the value. A lost case is taken out by the object's
 * withdraw, whose reason is then 0. */
typedef struct weft_case_ops {
    /* In one hold of the object's lock: where it is ready claims the wait,
     * does it and gives its result; else links the node, WEFT_PENDING.
     * WEFT__LOST: a peer has claimed the wait meanwhile, nothing is done. See
     * weft__match and weft__claim_self in src/core/waiters.h. */
    int (*begin)(weft_node_t *node);
    /* Does it without waiting; WEFT_PENDING: it is not ready. */
    int (*attempt)(weft_node_t *node);
} weft_case_ops_t;

#define WEFT__LOST (WEFT_PENDING + 1)

typedef struct weft_case {
    int rc; /* of the case that was chosen */
    /* private */
    const weft_case_ops_t *ops; /* NULL: never ready */
    union {
        weft_node_t node;
        weft_timer_node_t timer; /* its key is the time, also when unlinked */
    } at;
} weft_case_t;
WEFT_SIZE_ASSERT(weft_case_t, 40, 64);

extern const weft_case_ops_t weft__case_send_ops;
extern const weft_case_ops_t weft__case_recv_ops;
extern const weft_case_ops_t weft__case_event_ops;
extern const weft_case_ops_t weft__case_signal_ops;
extern const weft_case_ops_t weft__case_timer_ops;

/* A case of any object with such operations. */
static inline weft_case_t weft_case(const weft_case_ops_t *ops, void *object,
                                    uintptr_t buffer)
{
    weft_case_t one;

    one.rc = 0;
    one.ops = ops;
    one.at.node.wait = 0;
    one.at.node.object = object;
    one.at.node.buffer = buffer;
    one.at.node.linked = 0;
    return one;
}

/* weft_channel_send and weft_channel_recv. */
static inline weft_case_t weft_case_send(weft_channel_t *channel,
                                         const void *value)
{
    return weft_case(&weft__case_send_ops, channel, (uintptr_t)value);
}

static inline weft_case_t weft_case_recv(weft_channel_t *channel, void *value)
{
    return weft_case(&weft__case_recv_ops, channel, (uintptr_t)value);
}

/* weft_event_wait. */
static inline weft_case_t weft_case_event(weft_event_t *event)
{
    return weft_case(&weft__case_event_ops, event, 0);
}

/* weft_signal_wait; WEFT_ERR_BUSY is a result of this case, too. */
static inline weft_case_t weft_case_signal(weft_signal_t *signal, void *value)
{
    return weft_case(&weft__case_signal_ops, signal, (uintptr_t)value);
}

/* A time that comes. */
static inline weft_case_t weft_case_timer(uint64_t deadline_us)
{
    weft_case_t one;

    (void)__builtin_memset(&one, 0, sizeof(one));
    one.ops = &weft__case_timer_ops;
    one.at.timer.place.key = deadline_us;
    return one;
}

/* A case that is never ready: to leave one out and keep the others' indices. */
static inline weft_case_t weft_case_none(void)
{
    return weft_case(0, 0, 0);
}

/* WEFT_AWAIT_RC(index, weft_select, cases, count, flags): the index of the one
 * that happened; WEFT_ERR_CANCELLED; with a limit WEFT_ERR_TIMEOUT;
 * WEFT_ERR_INVALID: no case, or more than WEFT_SELECT_MAX. */
int weft_select_begin(weft_await_t *await, weft_case_t *cases, size_t count,
                      unsigned flags);

/* The same in a fiber or a thread, which it blocks. */
int weft_select(weft_case_t *cases, size_t count, unsigned flags);
int weft_select_until(weft_case_t *cases, size_t count, unsigned flags,
                      uint64_t deadline_us);

/* Without waiting, as by a default case: WEFT_ERR_EMPTY: none is ready. */
int weft_select_try(weft_case_t *cases, size_t count, unsigned flags);

/* private: for weft/fiber_inlined.h, as weft__wait_leaves. */
struct weft_coroutine *weft__select_leaves(weft_await_t *await);

#ifdef __cplusplus
}
#endif

#endif
