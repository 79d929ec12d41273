/* home.h - internal: the queue of a home, wakes, and the end of waiters
 * SPDX-License-Identifier: MIT
 *
 * docs/internals/wait.md tells the protocol these functions follow. In short:
 * an entry (a tagged link) is pushed to a home from anywhere; the home's own
 * thread takes it and runs what it stands for.
 */
#ifndef WEFT_SRC_CORE_HOME_H
#define WEFT_SRC_CORE_HOME_H

#include "weft/base/atomic.h"
#include "weft/executor.h"
#include "weft/scheduler.h"
#include "weft/task.h"
#include "weft/wait.h"

#include "core/local.h"

/* The inbox of a home that has announced sleep: the null pointer, tag 1. */
#define WEFT__ASLEEP ((uintptr_t)1)

/* home->live */
#define WEFT__STOPPING ((uintptr_t)1)
#define WEFT__ONE_LIVE ((uintptr_t)2)

/* waiter->cancel: LOOK says that some scope of the chain may be cancelled;
 * SELF that this waiter itself was. SELF stays until the waiter has ended. */
enum { WEFT__CANCEL_NONE = 0, WEFT__CANCEL_LOOK = 1, WEFT__CANCEL_SELF = 2 };

/* waiter->attributes: level in the low five bits, then kind, then finished. */
enum {
    WEFT__LEVEL_MASK = 0x1f,
    WEFT__KIND_SHIFT = 5,
    WEFT__KIND_MASK = 0x60,
    WEFT__FINISHED = 0x80,
};

/* waiter->end while a spawn makes a finished task ready: neither live nor
 * finished. Even, so no result, and no node's address. */
#define WEFT__CLAIMED ((uintptr_t)2)

/* wait->flags */
enum { WEFT__WAIT_ENDED = 1 };

/* node->kind: what node->object is. JOIN: a task, the result is in buffer. */
/* MOVE: a home, no node is linked. TURN: an object, not linked yet. SELECT: a
 * weft__select_ops_t, the nodes are elsewhere. RESULT: an object, and who ends
 * the wait puts the result into buffer. */
enum {
    WEFT__NODE_OBJECT = 0,
    WEFT__NODE_JOIN = 1,
    WEFT__NODE_SCOPE = 2,
    WEFT__NODE_MOVE = 3,
    WEFT__NODE_TURN = 4,
    WEFT__NODE_SELECT = 5,
    WEFT__NODE_RESULT = 6,
};

/* A bit of node->spare: its home goes on with the object, a crowd. Who fills
 * a node clears it. */
enum { WEFT__NODE_RELAYS = 0x80 };

void weft__home_init(weft_home_t *home, weft_executor_t *executor);

/* Puts an entry into the inbox, from anywhere, and kicks the sleeper if there
 * was one. Then touches neither entry nor inbox. This and the functions below
 * give WEFT_PENDING: they are the last step of what has no frame. */
int weft__home_post(weft_inbox_t *inbox, weft_link_t *entry);

/* The same for a home with a scheduler: at the end of the entry's level, or of
 * one that is known. */
int weft__home_schedule(weft_home_t *home, weft_link_t *entry);
int weft__home_schedule_at(weft_home_t *home, weft_link_t *entry,
                           unsigned level);

/* The level of a waiter. */
WEFT__INLINE unsigned weft__level(const weft_waiter_t *waiter)
{
    return waiter->attributes & WEFT__LEVEL_MASK;
}

/* Puts an entry at the end of the ready queue. Home only. */
WEFT__INLINE int weft__home_append(weft_home_t *home, weft_link_t *link,
                                   unsigned tag)
{
    if (home->scheduler != NULL) {
        weft_link_t *entry = weft_link_tagged(link, tag);

        return __builtin_constant_p(tag) && tag == WEFT_TAG_WAKE
                   ? weft__home_schedule_at(
                         home, entry,
                         weft__level((weft_waiter_t *)(void *)link))
                   : weft__home_schedule(home, entry);
    }
    weft_queue_push_tagged(&home->ready, link, tag);
    return WEFT_PENDING;
}

/* Moves the inbox to the ready queue. Home only. */
void weft__home_collect(weft_home_t *home);

/* The next ready entry of a home with a scheduler. */
weft_link_t *weft__home_next_scheduled(weft_home_t *home);

/* The next ready entry, or NULL. Home only. */
static inline weft_link_t *weft__home_next(weft_home_t *home)
{
    return home->scheduler == NULL ? weft_queue_pop(&home->ready)
                                   : weft__home_next_scheduled(home);
}

/* Runs what an entry taken from the ready queue stands for. True: whom it was
 * for does not live here any more, and its memory may be gone. Home only. */
bool weft__home_dispatch(weft_home_t *home, weft_link_t *entry);

/* Ends the waits of a crowd that an interrupt has left over. */
void weft__crowd_go_on(weft_crowd_t *crowd);

/* Looks at the inbox for a while; true: something has come. */
bool weft__home_spin(weft_home_t *home);

/* It slept, since began_us: how long it looks the next time. */
void weft__home_slept(weft_home_t *home, uint64_t began_us);

/* NULL -> asleep, unless something came: then there is no sleep. */
static inline bool weft__inbox_announce(weft_inbox_t *inbox)
{
    uintptr_t empty = 0;

    return weft_atomic_cas_acq_rel_word(&inbox->word, &empty, WEFT__ASLEEP);
}

static inline weft_inbox_t *weft__inbox_of(const weft_waiter_t *waiter)
{
    return (weft_inbox_t *)waiter->home;
}

/* Whose timers and live count are the waiter's. At its home. */
static inline weft_home_t *weft__home_of(const weft_waiter_t *waiter)
{
    return weft__inbox_of(waiter)->home;
}

static inline enum weft_waiter_kind weft__kind(const weft_waiter_t *waiter)
{
    return (enum weft_waiter_kind)(waiter->attributes >> WEFT__KIND_SHIFT & 3u);
}

/* How many live there, in steps of 2, and the stop bit. Home only, or when
 * nobody runs it. */
static inline uintptr_t weft__home_live(const weft_home_t *home)
{
    return weft_atomic_load_acquire_word(&home->live) + home->here;
}

/* Counts one more live task or runnable, at the inner homes too;
 * WEFT_ERR_STOPPED when one of them is stopping. */
int weft__home_enter(weft_home_t *home);

/* One less. Its last touch. Only at home: elsewhere a loop could sleep on, or
 * be gone. */
void weft__home_leave(weft_home_t *home);

/* The same of this home alone, also when stopping, as long as something lives
 * there: keeps it there. The release of a home that is `alone`: only there. */
void weft__home_hold(weft_home_t *home);
void weft__home_release(weft_home_t *home);

/* Counts off what a worker has as credit; at the latest before it rests. */
void weft__credit_return(weft_credit_t *credit);

/* Posts an internal runnable, also when stopping. */
void weft__home_submit(weft_home_t *home, weft_runnable_t *runnable);

/* Runs what was counted as live right here, for a submit; false: such runs
 * are nested too deep. */
bool weft__run_inline(weft_home_t *home, weft_runnable_t *runnable);

/* Whether what asks to run next may: every so often it goes last, so that it
 * starves nobody. */
bool weft__may_go_first(weft_local_t *local);

/* What weft_submit does on an executor with a home. */
int weft__executor_submit(weft_executor_t *executor, weft_runnable_t *runnable,
                          enum weft_hint hint);

/* Asks the home to take no more; the first call runs post there. */
void weft__home_stop(weft_home_t *home, weft_runnable_t *post);

/* The run function of a runnable that is posted only to have the home look. */
int weft__run_nothing(weft_runnable_t *runnable);

/* This thread now works off home's queue, maybe inside a task of another home:
 * what it was doing is given back, for weft__home_left. */
static inline weft_local_t weft__home_entered(weft_home_t *home)
{
    weft_local_t *local = weft__local();
    weft_local_t outer = *local;

    *local = (weft_local_t){
        .home = home,
        .executor = home->executor,
        .thread = outer.thread,
        .random = outer.random,
        .credit = outer.credit,
        .budget = WEFT_BUDGET,
    };
    return outer;
}

static inline void weft__home_left(weft_local_t outer)
{
    outer.random = weft__local()->random;
    *weft__local() = outer;
}

/* The home whose queue is worked off here; NULL: none, or an interrupt. */
WEFT__INLINE weft_home_t *weft__home_here(void)
{
    return weft__in_interrupt() ? NULL : weft__local()->home;
}

/* weft__home_push and weft__wake as calls. */
void weft__home_push_called(weft_inbox_t *inbox, weft_link_t *link,
                            unsigned tag);
int weft__wake_called(weft_waiter_t *waiter);
void weft__deliver_called(weft_node_t *node, int result);

WEFT__INLINE int weft__home_push_inlined(weft_inbox_t *inbox, weft_link_t *link,
                                         unsigned tag)
{
    weft_home_t *here = weft__home_here();

    /* A home begins with its inbox. */
    return (void *)here == (void *)inbox
               ? weft__home_append(here, link, tag)
               : weft__home_post(inbox, weft_link_tagged(link, tag));
}

/* The entry of a link on its way to its home: the plain queue on the home's
 * own thread, the inbox from elsewhere and from interrupts. */
static inline void weft__home_push(weft_inbox_t *inbox, weft_link_t *link,
                                   unsigned tag)
{
    if (WEFT_SMALL) {
        weft__home_push_called(inbox, link, tag);
    } else {
        (void)weft__home_push_inlined(inbox, link, tag);
    }
}

/* Publishes a waiter's result and ends the wait of who joins it. Its memory
 * may be gone then. */
void weft__waiter_end(weft_waiter_t *waiter, int rc);

/* Gives the ticket back, before the poll: acquire to see what the wakers
 * wrote, release to give the link back. A wake from now on is a new entry. */
WEFT__INLINE void weft__ticket_return(weft_waiter_t *waiter)
{
    if (WEFT_SINGLE_CORE) {
        weft_atomic_store_release_u8(&waiter->woken, 0);
    } else {
        (void)weft_atomic_exchange_acq_rel_u8(&waiter->woken, 0);
    }
}

/* Takes the ticket; true: another has it. acq_rel: the one who takes it hands
 * over what it wrote before, and may use the link, which the last run gave
 * back. */
WEFT__INLINE bool weft__ticket_take(weft_waiter_t *waiter)
{
    return weft_atomic_set_acq_rel_u8(&waiter->woken);
}

WEFT__INLINE int weft__wake_inlined(weft_waiter_t *waiter)
{
    return weft__ticket_take(waiter)
               ? WEFT_PENDING
               : weft__home_push_inlined(weft__inbox_of(waiter),
                                         &waiter->runnable.link, WEFT_TAG_WAKE);
}

/* Has a waiter that was spawned look again, if no wake is on its way to it. */
static inline void weft__wake(weft_waiter_t *waiter)
{
    if (WEFT_SMALL) {
        (void)weft__wake_called(waiter);
    } else {
        (void)weft__wake_inlined(waiter);
    }
}

/* Pushes waiters whose ticket is ours, chained by their links. */
void weft__push_wakes(weft_link_t *chain);

WEFT__INLINE void weft__deliver_inlined(weft_node_t *node, int result)
{
    weft_wait_t *wait = node->wait;
    weft_inbox_t *inbox = weft__inbox_of(wait->waiter);
    wait->result = (int8_t)result;
    (void)weft__home_push_inlined(inbox, &node->link, WEFT_TAG_NODE);
}

/* Sends the end of a wait home. node is claimed: taken out of its object under
 * the lock, which is released by now. The last touch of node and waiter. */
static inline void weft__deliver(weft_node_t *node, int result)
{
    if (WEFT_SMALL) {
        weft__deliver_called(node, result);
    } else {
        weft__deliver_inlined(node, result);
    }
}

/* weft__home_push for a node, which gives 0: the last step of what has no
 * frame. */
int weft__push_node(weft_inbox_t *inbox, weft_node_t *node);

/* weft__deliver of 0, which gives 0; not in an interrupt. */
static inline int weft__deliver_ok(weft_node_t *node)
{
    weft_wait_t *wait = node->wait;
    weft_inbox_t *inbox = weft__inbox_of(wait->waiter);
    weft_home_t *here = weft__local()->home;

    wait->result = 0;
    if ((void *)here != (void *)inbox || here->scheduler != NULL) {
        return weft__push_node(inbox, node);
    }
    weft_queue_push_tagged(&here->ready, &node->link, WEFT_TAG_NODE);
    return 0;
}

/* The result of a finished waiter, as it is kept in waiter->end. */
static inline uintptr_t weft__result_encode(int rc)
{
    return ((uintptr_t)(intptr_t)rc << 1) | 1u;
}

static inline int weft__result_decode(uintptr_t end)
{
    return (int)((intptr_t)end >> 1);
}

#endif
