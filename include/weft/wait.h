/* wait.h - how everything waits: waiter, wait and nodes
 * SPDX-License-Identifier: MIT
 *
 * Programs use the awaits of weft/task.h and the operations of event, signal,
 * scope and so on. This header is for who writes a new object that can be
 * waited for; docs/internals/wait.md tells the protocol.
 *
 * A waiter is who waits: a task, a fiber or a thread. It has one
 * home, the one place where it runs. A wait is the waiter's memory for one
 * waiting call, with a node for each object that can end it. Whoever ends it
 * takes the node out of the object under the object's lock, does the effect,
 * and pushes the node to the home. A cancel, a time-out or a wake ends
 * nothing: it has the waiter look again, and the waiter withdraws by itself.
 *
 * Memory: all of it is the waiter's until its waiting call has returned.
 */
#ifndef WEFT_WAIT_H
#define WEFT_WAIT_H

#include <stdbool.h>
#include <stdint.h>

#include "weft/base/link.h"
#include "weft/base/list.h"
#include "weft/config.h"
#include "weft/error.h"
#include "weft/runnable.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_waiter weft_waiter_t;
typedef struct weft_wait weft_wait_t;
typedef struct weft_node weft_node_t;
typedef struct weft_inbox weft_inbox_t;
typedef struct weft_home weft_home_t;
typedef struct weft_scope weft_scope_t;

enum weft_waiter_kind {
    WEFT_WAITER_TASK = 0,
    WEFT_WAITER_FIBER = 1,
    WEFT_WAITER_THREAD = 2,
    WEFT_WAITER_POOL_TASK = 3,
};

/* The header of whoever waits. All zero is idle.
 *
 *   woken: a ticket. Who changes it from 0 to 1 may, and must, push the
 *   waiter to its home, and owns runnable.link until then.
 *
 *     0 -1-> 1 queued -2-> 0 runs      1 weft__wake, weft__spawn
 *     0 -3-> 1 finished, settled        2 weft__home_dispatch
 *     1 -4-> finished, settled when     3 finish
 *            that wake is taken         4 finish, weft__home_dispatch
 *
 *   end: 0 live; a node: who joins, claimed by changing it; odd: the result,
 *   and then the waiter may be spawned again, claimed by changing it to 2. As
 *   long as home is NULL nobody wakes it and the ticket is that claim.
 */
struct weft_waiter {
    weft_runnable_t runnable; /* run: the poll function */
    void *home;               /* atomic: weft_inbox_t; NULL: never spawned */
    uint8_t woken;            /* atomic */
    uint8_t cancel;           /* atomic: WEFT__CANCEL_x */
    uint8_t label;            /* where a task goes on */
    uint8_t attributes;       /* level, kind, finished */
    uintptr_t end;            /* atomic: joiner or result */
    weft_scope_t *scope;      /* innermost open scope, or the one it is in */
    weft_list_node_t sibling; /* in its scope; once out of it: the result */
};
WEFT_SIZE_ASSERT(weft_waiter_t, 32, 64);

/* One waiting call. */
struct weft_wait {
    weft_waiter_t *waiter;
    uint8_t word;  /* of a select: open, matching, claimed, withdrawn */
    uint8_t count; /* nodes behind it */
    uint8_t flags; /* plain, touched at home only: WEFT__WAIT_x */
    int8_t result; /* of the object that ended it */
};
WEFT_SIZE_ASSERT(weft_wait_t, 8, 16);

/* One object that can end a wait. link belongs to one at a time: nobody, the
 * object's list (under its lock), the claimer, the home's queue. */
struct weft_node {
    weft_link_t link;
    weft_node_t *prev;
    weft_wait_t *wait;
    void *object;
    uintptr_t buffer; /* where a value goes or comes from, or a generation */
    uint8_t linked;   /* atomic: written under the object's lock only */
    uint8_t index;    /* which case of a select */
    uint8_t kind;     /* WEFT__NODE_x: how to withdraw it */
    uint8_t spare;    /* the object's own; WEFT__NODE_RELAYS */
};
WEFT_SIZE_ASSERT(weft_node_t, 24, 48);

/* Those who wait at an object, in order; a member of the object. */
typedef struct weft_waiters {
    weft_node_t *first;
    weft_node_t *last;
} weft_waiters_t;

/* An object that ends many waits at once begins with this: see
 * src/core/crowd.h. Those up to `until` are due, those behind it came later. */
typedef struct weft_crowd {
    const struct weft_object_ops *ops;
    uint32_t word; /* atomic: a lock's bit, and the state of the object */
    weft_node_t *until;
    weft_waiters_t waiters;
} weft_crowd_t;
WEFT_SIZE_ASSERT(weft_crowd_t, 20, 40);

#define WEFT__CROWD_INIT(ops, word)                                            \
    {                                                                          \
        &(ops).object, (word), 0,                                              \
        {                                                                      \
            0, 0                                                               \
        }                                                                      \
    }

/* A wait for one object: the member `await` of a task's frame. */
typedef struct weft_await {
    weft_wait_t wait;
    weft_node_t node[1];
} weft_await_t;
WEFT_SIZE_ASSERT(weft_await_t, 32, 64);

/* What an object that can be waited for begins with. */
typedef struct weft_object_ops {
    const char *name; /* "event" */
    /* Called at the waiter's home when its wait was cancelled or timed out
     * (reason). Takes the node out under the object's lock and looks again at
     * who can now be served. False: a peer has claimed it, or the object does
     * not let go: its end will come. */
    bool (*withdraw)(weft_node_t *node, int reason);
} weft_object_ops_t;

/* Of an object whose operations take something that others may want (a lock,
 * permits). A task whose turn is over, its budget used up, takes nothing, and
 * again() begins anew when the others have had theirs: nobody keeps a lock
 * while he stands aside. The operation is that of await->node[0]. */
typedef struct weft_object_turn_ops {
    weft_object_ops_t base;
    int (*again)(weft_await_t *await);
} weft_object_turn_ops_t;

/* What a crowd begins with. */
typedef struct weft_crowd_ops {
    weft_object_ops_t object;
    /* Under the lock: what the end of this wait takes or gives; its result. */
    int (*serve)(weft_crowd_t *crowd, weft_node_t *node);
    /* NULL, or called under the lock when nobody is due any more: a claimed
     * node of another list whose wait is now over too, its result in the wait.
     * Those who wait may be due by it. NULL: there is none. */
    weft_node_t *(*refill)(weft_crowd_t *crowd);
    /* weft__crowd_go_on: does what an interrupt has left over. */
    void (*go_on)(weft_crowd_t *crowd);
} weft_crowd_ops_t;

/* Whose an entry of a ready queue is; NULL: a plain runnable's. */
static inline weft_waiter_t *weft_entry_waiter(weft_link_t *entry)
{
    weft_link_t *link = weft_link_strip(entry);
    switch (weft_link_tag(entry)) {
    case WEFT_TAG_NODE: return ((weft_node_t *)(void *)link)->wait->waiter;
    case WEFT_TAG_WAKE: return (weft_waiter_t *)(void *)link;
    default: return 0;
    }
}

/* The second half of every await: WEFT_PENDING until the wait is over, then
 * its result once. Completed comes before cancelled. Context: the task that
 * began it. */
int weft_await_poll(weft_await_t *await);

#ifdef __cplusplus
}
#endif

#endif
