/* event.c - the event: one word, and a list of those who wait
 * SPDX-License-Identifier: MIT
 *
 * word:       0 -1-> SET                 1 set, nobody waits
 *           SET -2-> 0                   2 reset; an automatic one's wait
 *       0, SET, WAITERS -3-> + LOCK      3 whoever touches the list
 *   LOCK -4-> 0, SET or WAITERS          4 the unlock publishes the state
 *
 * WAITERS is set exactly while the list is not empty; SET and WAITERS never
 * both. The store that lets a fast path see SET is the store that unlocks, and
 * it is the last touch of the event (WAIT rules 11 to 13): a set takes the
 * nodes out to a private chain, unlocks, and only then delivers. LOCK is never
 * changed by an or; who meets it waits for it.
 */
#include "weft/event.h"

#include "coro/block.h"
#include "core/bitlock.h"
#include "core/wait.h"
#include "core/waiters.h"

enum { LOCK = WEFT__BIT_LOCK, SET = 2, WAITERS = 4 };

static bool withdraw(weft_node_t *node, int reason);

const weft_object_ops_t weft__event_ops = {"event", withdraw};

void weft_event_init(weft_event_t *event, bool automatic)
{
    *event = (weft_event_t)WEFT_EVENT_INIT;
    event->automatic = automatic;
}

static uint32_t waiting(const weft_event_t *event)
{
    return event->waiters.first != NULL ? WAITERS : 0;
}

/* Automatic: the first waiter gets it, or it stays for the next. */
static void set_one(weft_event_t *event)
{
    uint32_t state;
    unsigned key = weft__bit_lock(&event->word, &state);
    weft_node_t *node = weft__waiters_take(&event->waiters);

    weft__bit_unlock(&event->word, node != NULL ? waiting(event) : SET, key);
    if (node != NULL) {
        weft__deliver(node, WEFT_OK);
    }
}

/* Under the lock: moves at most WEFT_STEP waiters to the end of a chain. */
static weft_link_t **take_step(weft_event_t *event, weft_link_t **end)
{
    int left;

    for (left = WEFT_STEP; left > 0; left--) {
        weft_node_t *node = weft__waiters_take(&event->waiters);
        if (node == NULL) {
            break;
        }
        node->link.next = NULL;
        *end = &node->link;
        end = &node->link.next;
    }
    return end;
}

/* Manual: all waiters. Between two steps the lock is free; who begins to wait
 * there is taken as well, since SET is published by the last unlock. */
static void set_all(weft_event_t *event)
{
    weft_link_t *chain = NULL;
    weft_link_t **end = &chain;
    uint32_t state;

    for (;;) {
        unsigned key = weft__bit_lock(&event->word, &state);
        end = take_step(event, end);
        state = waiting(event);
        weft__bit_unlock(&event->word, state != 0 ? state : SET, key);
        if (state == 0) {
            break;
        }
    }
    while (chain != NULL) {
        weft_link_t *link = chain;
        chain = link->next;
        weft__deliver((weft_node_t *)(void *)link, WEFT_OK);
    }
}

void weft_event_set(weft_event_t *event)
{
    uint32_t state = weft_atomic_load_relaxed_u32(&event->word);

    /* Also a set event is written: who consumes it must see what we did. */
    while (state == 0 || state == SET) {
        if (weft_atomic_cas_release_u32(&event->word, &state, SET)) {
            return;
        }
    }
    if (event->automatic != 0) {
        set_one(event);
    } else {
        set_all(event);
    }
}

/* SET -> 0, true; 0 or WAITERS, false. Waits for a LOCK to pass: it is held
 * for a few instructions, by another core, or its holder masked us. */
static bool clear(weft_event_t *event)
{
    for (;;) {
        uint32_t state = SET;
        if (weft_atomic_cas_acq_rel_u32(&event->word, &state, 0)) {
            return true;
        }
        if ((state & LOCK) == 0) {
            return false;
        }
        weft_hook_spin();
    }
}

void weft_event_reset(weft_event_t *event)
{
    (void)clear(event);
}

bool weft_event_is_set(const weft_event_t *event)
{
    return (weft_atomic_load_acquire_u32(&event->word) & SET) != 0;
}

int weft_event_try_wait(weft_event_t *event)
{
    bool got = event->automatic != 0 ? clear(event) : weft_event_is_set(event);

    return got ? WEFT_OK : WEFT_ERR_EMPTY;
}

/* Links the node, unless the event is set by now: look and link in one hold. */
static bool park(weft_event_t *event, weft_await_t *await)
{
    uint32_t state;
    unsigned key = weft__bit_lock(&event->word, &state);

    if ((state & SET) != 0) {
        weft__bit_unlock(&event->word, event->automatic != 0 ? 0 : SET, key);
        return false;
    }
    weft__waiters_append(&event->waiters,
                         weft__wait_arm(await, event, 0, WEFT__NODE_OBJECT));
    weft__bit_unlock(&event->word, WAITERS, key);
    return true;
}

int weft_event_wait_begin(weft_await_t *await, weft_event_t *event)
{
    int rc = weft__wait_enter(await);

    if (rc < 0) {
        return rc;
    }
    /* A look first: where it is not set there is nothing to try. */
    if ((weft_event_is_set(event) && weft_event_try_wait(event) == WEFT_OK) ||
        !park(event, await)) {
        return weft__wait_ready(await, WEFT_OK);
    }
    return WEFT_PENDING;
}

static bool withdraw(weft_node_t *node, int reason)
{
    weft_event_t *event = (weft_event_t *)node->object;
    uint32_t state;
    unsigned key = weft__bit_lock(&event->word, &state);
    bool linked = weft__waiters_withdraw(&event->waiters, node);

    (void)reason;
    if (linked) {
        state = waiting(event);
    }
    weft__bit_unlock(&event->word, state, key);
    return linked;
}

int weft_event_wait(weft_event_t *event)
{
    weft_await_t await;

    return weft__block(&await, weft_event_wait_begin(&await, event));
}

int weft_event_wait_until(weft_event_t *event, uint64_t deadline_us)
{
    weft_await_t await;

    return weft__block_until(&await, deadline_us,
                             weft_event_wait_begin(&await, event));
}
