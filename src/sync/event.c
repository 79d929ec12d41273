/* event.c - the event: one word, and those who wait
 * SPDX-License-Identifier: MIT
 *
 * word:       0 -1-> SET                 1 set, nobody waits
 *           SET -2-> 0                   2 reset; an automatic one's wait
 *       any  -3-> + LOCK                 3 whoever touches the list
 *     LOCK   -4-> 0, SET, WAITERS, both  4 the unlock publishes the state
 *
 * AUTO never changes. WAITERS is set exactly while the list is not empty. SET
 * and WAITERS both: a manual event was set, and who waits is due; nobody
 * parks then. A reset meanwhile clears SET, and who parks after it comes
 * behind those who are due (src/core/crowd.h).
 *
 * The store that lets a fast path see SET is the store that unlocks (WAIT
 * rules 11 to 13). LOCK is never changed by an or; who meets it waits for it.
 */
#include "weft/event.h"
#include "weft/select.h"

#include "core/crowd.h"
#include "core/wait.h"
#include "core/waiters.h"
#include "coro/block.h"

enum {
    LOCK = WEFT__CROWD_LOCK,
    WAITERS = WEFT__CROWD_WAITERS,
    SET = WEFT__CROWD_OWN,
    AUTO = WEFT__EVENT_AUTO,
};

static bool withdraw(weft_node_t *node, int reason);

const weft_crowd_ops_t weft__event_ops = {
    .object = {"event", withdraw},
    .serve = weft__crowd_serve,
    .go_on = weft__crowd_go_on,
};

void weft_event_init(weft_event_t *event, bool automatic)
{
    *event = (weft_event_t)WEFT_EVENT_INIT;
    event->crowd.word = automatic ? AUTO : 0;
}

/* Automatic: the first waiter gets it, or it stays for the next. */
static void set_one(weft_crowd_t *crowd)
{
    uint32_t state;
    unsigned key = weft__bit_lock(&crowd->word, &state);
    weft_node_t *node = weft__waiters_take(&crowd->waiters);

    /* Behind many ended selects: one hold after the other. */
    while (node == NULL && crowd->waiters.first != NULL) {
        weft__crowd_unlock(crowd, state, key);
        key = weft__bit_lock(&crowd->word, &state);
        node = weft__waiters_take(&crowd->waiters);
    }
    weft__crowd_unlock(crowd, node != NULL ? state : state | SET, key);
    if (node != NULL) {
        weft__deliver(node, WEFT_OK);
    }
}

static void set_all(weft_crowd_t *crowd)
{
    uint32_t state;
    unsigned key = weft__bit_lock(&crowd->word, &state);

    weft__crowd_end(crowd, state | SET, key);
}

void weft_event_set(weft_event_t *event)
{
    weft_crowd_t *crowd = &event->crowd;
    uint32_t state = weft_atomic_load_relaxed_u32(&crowd->word);

    /* Also a set event is written: who consumes it must see what we did. */
    while ((state & (LOCK | WAITERS)) == 0) {
        if (weft_atomic_cas_release_u32(&crowd->word, &state, state | SET)) {
            return;
        }
    }
    if ((state & AUTO) != 0) {
        set_one(crowd);
    } else {
        set_all(crowd);
    }
}

/* SET goes, true; there was none, false. Waits for a LOCK to pass: it is held
 * for a few instructions, by another core, or its holder masked us. */
static bool clear(weft_crowd_t *crowd)
{
    uint32_t state = weft_atomic_load_relaxed_u32(&crowd->word);

    for (;;) {
        if ((state & LOCK) != 0) {
            weft_hook_spin();
            state = weft_atomic_load_relaxed_u32(&crowd->word);
        } else if ((state & SET) == 0) {
            return false;
        } else if (weft_atomic_cas_acq_rel_u32(&crowd->word, &state,
                                               state & ~(uint32_t)SET)) {
            return true;
        }
    }
}

void weft_event_reset(weft_event_t *event)
{
    (void)clear(&event->crowd);
}

bool weft_event_is_set(const weft_event_t *event)
{
    return (weft_atomic_load_acquire_u32(&event->crowd.word) & SET) != 0;
}

static bool automatic(const weft_event_t *event)
{
    return (weft_atomic_load_relaxed_u32(&event->crowd.word) & AUTO) != 0;
}

int weft_event_try_wait(weft_event_t *event)
{
    bool got =
        automatic(event) ? clear(&event->crowd) : weft_event_is_set(event);

    return got ? WEFT_OK : WEFT_ERR_EMPTY;
}

/* Links the node, unless the event is set by now: look and link in one hold. */
static bool park(weft_crowd_t *crowd, weft_await_t *await)
{
    uint32_t state;
    unsigned key = weft__bit_lock(&crowd->word, &state);
    bool set = (state & SET) != 0;

    if (!set) {
        weft__crowd_park(crowd, await, 0);
    } else if ((state & AUTO) != 0) {
        state &= ~(uint32_t)SET;
    }
    weft__crowd_unlock(crowd, state, key);
    return !set;
}

int weft_event_wait_begin(weft_await_t *await, weft_event_t *event)
{
    int rc = weft__wait_enter(await);

    if (rc < 0) {
        return rc;
    }
    /* A look first: where it is not set there is nothing to try. */
    if ((weft_event_is_set(event) && weft_event_try_wait(event) == WEFT_OK) ||
        !park(&event->crowd, await)) {
        return weft__wait_ready(await, WEFT_OK);
    }
    return WEFT_PENDING;
}

static bool withdraw(weft_node_t *node, int reason)
{
    (void)reason;
    return weft__crowd_withdraw((weft_crowd_t *)node->object, node, SET);
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

/* --- as a case of a select ------------------------------------------------ */

static int case_begin(weft_node_t *node)
{
    weft_crowd_t *crowd = (weft_crowd_t *)node->object;
    uint32_t state;
    unsigned key = weft__bit_lock(&crowd->word, &state);
    int rc = WEFT_OK;

    if ((state & SET) == 0) {
        weft__waiters_append(&crowd->waiters, node);
        rc = WEFT_PENDING;
    } else if (!weft__claim_self(node)) {
        rc = WEFT__LOST;
    } else if ((state & AUTO) != 0) {
        state &= ~(uint32_t)SET;
    }
    weft__crowd_unlock(crowd, state, key);
    return rc;
}

static int case_attempt(weft_node_t *node)
{
    return weft_event_try_wait((weft_event_t *)node->object) == WEFT_OK
               ? WEFT_OK
               : WEFT_PENDING;
}

const weft_case_ops_t weft__case_event_ops = {case_begin, case_attempt};
