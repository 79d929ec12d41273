/* future.c - settles futures, and ends the waits for them
 * SPDX-License-Identifier: MIT
 *
 * Who waits is in a list whose head is `then`: the head's prev is the last, the
 * last one's next is NULL. Whoever settles takes out WEFT_STEP nodes in one
 * hold of the lock, and publishes the new state in the hold that leaves none:
 * until then nobody may think that it is over, and free it. What was taken is
 * delivered after the last touch (WAIT rules 11, 12, 19).
 */
#include "futures/future.h"

#include "coro/block.h"
#include "core/bitlock.h"
#include "core/wait.h"
#include "core/waiters.h"

static bool withdraw(weft_node_t *node, int reason);

const weft_object_ops_t weft__future_ops = {"future", withdraw};

/* node->spare */
enum { CALL = 1, LATE = 2 };

/* Who settles. */
enum by { ANSWERER, CANCELLER, SERVICE };

static enum weft_future_state state_of(uint32_t word)
{
    return (enum weft_future_state)((word & WEFT__FUTURE_STATE) >>
                                    WEFT__FUTURE_STATE_SHIFT);
}

static int result_of(uint32_t word)
{
    return (int16_t)(word >> WEFT__FUTURE_VALUE_SHIFT);
}

static uint32_t settled_word(enum weft_future_state state, int rc)
{
    return (uint32_t)state << WEFT__FUTURE_STATE_SHIFT |
           (uint32_t)(uint16_t)rc << WEFT__FUTURE_VALUE_SHIFT;
}

/* --- who waits, under the lock -------------------------------------------- */

static weft_node_t *first_of(const weft_future_t *future)
{
    return (weft_node_t *)future->then;
}

/* One of zeros gets its operations when somebody could need them. */
static void name(weft_future_t *future)
{
    if (future->ops == NULL) {
        future->ops = &weft__future_ops;
    }
}

static void append(weft_future_t *future, uint32_t word, weft_node_t *node)
{
    weft_node_t *first = first_of(future);

    WEFT_ASSERT((word & WEFT__FUTURE_HOW) == 0,
                "an await of a future that calls a function when it settles");
    name(future);
    node->link.next = NULL;
    if (first == NULL) {
        node->prev = node;
        future->then = (uintptr_t)node;
    } else {
        node->prev = first->prev;
        first->prev->link.next = &node->link;
        first->prev = node;
    }
    weft_atomic_store_relaxed_u8(&node->linked, 1);
}

static void take_out(weft_future_t *future, weft_node_t *node)
{
    weft_node_t *first = first_of(future);
    weft_node_t *next = weft__waiters_next(node);

    if (node == first) {
        future->then = (uintptr_t)next;
    } else {
        node->prev->link.next = node->link.next;
    }
    if (next != NULL) {
        next->prev = node->prev;
    } else if (node != first) {
        first->prev = node->prev;
    }
    weft_atomic_store_release_u8(&node->linked, 0);
}

/* A claimed one's: that of the future, or that its own limit has ended it. */
static void set_result(weft_node_t *node, uint32_t word)
{
    bool late =
        (node->spare & LATE) != 0 && state_of(word) == WEFT_FUTURE_CANCELLED;

    node->buffer =
        (uintptr_t)(intptr_t)(late ? WEFT_ERR_TIMEOUT : result_of(word));
}

/* Moves a step of those who wait to the chain's end; true: nobody is left. */
static bool take_step(weft_future_t *future, weft_link_t ***end, uint32_t word)
{
    int left;

    for (left = WEFT_STEP; left > 0 && first_of(future) != NULL; left--) {
        weft_node_t *node = first_of(future);
        bool ours = weft__claim(node);

        take_out(future, node);
        if (ours) {
            set_result(node, word);
            node->link.next = NULL;
            **end = &node->link;
            *end = &node->link.next;
        }
    }
    return first_of(future) == NULL;
}

/* --- settling ------------------------------------------------------------- */

static void deliver(weft_link_t *chain)
{
    while (chain != NULL) {
        weft_node_t *node = (weft_node_t *)(void *)chain;

        chain = chain->next;
        weft__deliver(node, WEFT_OK);
    }
}

/* With the lock: the only one who waits, and for nothing else; NULL: not so. */
static weft_node_t *only_wait(const weft_future_t *future)
{
    weft_node_t *node = first_of(future);

    return node != NULL && node->link.next == NULL &&
                   node->kind == WEFT__NODE_RESULT
               ? node
               : NULL;
}

/* With the lock, claimed: settled is what the word becomes; sent: the bit that
 * it keeps until then. */
static void end_waits(weft_future_t *future, uint32_t settled, uint32_t sent,
                      unsigned key)
{
    weft_node_t *only = only_wait(future);
    weft_link_t *chain = NULL;
    weft_link_t **end = &chain;

    if (only != NULL) {
        future->then = 0;
        weft_atomic_store_release_u8(&only->linked, 0);
        set_result(only, settled);
        weft__bit_unlock(&future->word, settled, key);
        weft__deliver(only, WEFT_OK);
        return;
    }
    while (!take_step(future, &end, settled)) {
        uint32_t word = (settled & ~(uint32_t)WEFT__FUTURE_STATE) |
                        WEFT__FUTURE_ENDING | sent;

        weft__bit_unlock(&future->word, word, key);
        key = weft__bit_lock(&future->word, &word);
        settled |= word & WEFT__FUTURE_ANSWERED;
    }
    weft__bit_unlock(&future->word, settled, key);
    deliver(chain);
}

static void call_then(weft_future_t *future, uint32_t settled, unsigned key)
{
    uintptr_t then = future->then;
    weft_completion_t *completion = (weft_completion_t *)then;

    if ((settled & WEFT__FUTURE_THEN) != 0) {
        weft__bit_unlock(&future->word, settled, key);
        ((weft_future_fn *)then)(future);
        return;
    }
    weft__bit_unlock(&future->word,
                     settled | (completion->carries ? WEFT__FUTURE_POSTED : 0u),
                     key);
    completion->complete(completion, future);
}

/* With the lock: of a request in flight a cancel is a wish. */
static bool wish(weft_future_t *future, uint32_t word, unsigned key)
{
    weft__bit_unlock(&future->word, word | WEFT__FUTURE_CANCEL, key);
    return true;
}

/* With the lock: it is over already, and nothing more happens. */
static bool refuse(weft_future_t *future, enum by by, uint32_t word,
                   unsigned key)
{
    bool cancelled = state_of(word) == WEFT_FUTURE_CANCELLED ||
                     (word & WEFT__FUTURE_BY_CANCEL) != 0;
    bool twice =
        by != CANCELLER && (!cancelled || (word & WEFT__FUTURE_ANSWERED) != 0);

    weft__bit_unlock(&future->word,
                     by == ANSWERER ? word | WEFT__FUTURE_ANSWERED : word, key);
    WEFT_ASSERT(!twice, "a future or request settled twice");
    return false;
}

static bool settle(weft_future_t *future, enum by by,
                   enum weft_future_state state, int rc)
{
    uint32_t word;
    uint32_t settled = settled_word(state, rc);
    unsigned key = weft__bit_lock(&future->word, &word);
    bool sent = (word & WEFT__FUTURE_SENT) != 0;

    if (sent && by == CANCELLER) {
        return wish(future, word, key);
    }
    if ((word & (WEFT__FUTURE_STATE | WEFT__FUTURE_ENDING)) != 0 ||
        sent != (by == SERVICE)) {
        WEFT_ASSERT(!sent || by == SERVICE,
                    "a request settled as a plain future");
        return refuse(future, by, word, key);
    }
    settled |= word & (WEFT__FUTURE_HOW | WEFT__FUTURE_CANCEL);
    if (by == CANCELLER) {
        settled |= WEFT__FUTURE_BY_CANCEL;
    }
    if ((word & WEFT__FUTURE_HOW) != 0) {
        call_then(future, settled, key);
    } else {
        end_waits(future, settled, word & WEFT__FUTURE_SENT, key);
    }
    return true;
}

static enum weft_future_state state_for(int rc)
{
    WEFT_ASSERT(rc >= WEFT_FUTURE_RESULT_MIN && rc <= WEFT_FUTURE_RESULT_MAX,
                "a result out of a future's range");
    return rc < 0 ? WEFT_FUTURE_FAILED : WEFT_FUTURE_RESOLVED;
}

bool weft_future_settle(weft_future_t *future, int rc)
{
    return settle(future, ANSWERER, state_for(rc), rc);
}

void weft__future_end(weft_future_t *future, int rc)
{
    bool cancelled =
        rc == WEFT_ERR_CANCELLED && weft_future_cancel_asked(future);

    (void)settle(future, SERVICE,
                 cancelled ? WEFT_FUTURE_CANCELLED : state_for(rc), rc);
}

void weft__future_end_cancelled(weft_future_t *future)
{
    (void)settle(future, SERVICE, WEFT_FUTURE_CANCELLED, WEFT_ERR_CANCELLED);
}

bool weft_future_cancel(weft_future_t *future)
{
    return settle(future, CANCELLER, WEFT_FUTURE_CANCELLED, WEFT_ERR_CANCELLED);
}

int weft_future_result(const weft_future_t *future)
{
    uint32_t word = weft_atomic_load_acquire_u32(&future->word);

    return state_of(word) == WEFT_FUTURE_PENDING ? WEFT_PENDING
                                                 : result_of(word);
}

/* --- how it begins -------------------------------------------------------- */

static void begin(weft_future_t *future, uint32_t how, uintptr_t then)
{
    WEFT_ASSERT((weft_atomic_load_relaxed_u32(&future->word) &
                 (WEFT__FUTURE_TAKEN | WEFT__BIT_LOCK)) == 0,
                "what happens at the end of a request in flight was changed");
    future->ops = &weft__future_ops;
    future->then = then;
    weft_atomic_store_release_u32(&future->word, how);
}

void weft_future_init(weft_future_t *future)
{
    *future = (weft_future_t)WEFT_FUTURE_INIT;
}

void weft_future_then(weft_future_t *future, weft_future_fn *fn)
{
    begin(future, WEFT__FUTURE_THEN, (uintptr_t)fn);
}

void weft_future_complete(weft_future_t *future, weft_completion_t *completion)
{
    begin(future, WEFT__FUTURE_COMPLETION, (uintptr_t)completion);
}

bool weft__future_send(weft_future_t *future, unsigned code)
{
    uint32_t word = weft_atomic_load_relaxed_u32(&future->word);
    uint32_t sent;

    name(future);
    do {
        while ((word & WEFT__BIT_LOCK) != 0) { /* of a cancel that is late */
            weft_hook_spin();
            word = weft_atomic_load_relaxed_u32(&future->word);
        }
        if ((word & WEFT__FUTURE_TAKEN) != 0) {
            return false;
        }
        sent = (word & WEFT__FUTURE_HOW) | WEFT__FUTURE_SENT |
               (uint32_t)code << WEFT__FUTURE_VALUE_SHIFT;
    } while (!weft_atomic_cas_acq_rel_u32(&future->word, &word, sent));
    return true;
}

void weft__future_arrived(weft_future_t *future)
{
    uint32_t word;
    unsigned key = weft__bit_lock(&future->word, &word);

    weft__bit_unlock(&future->word, word & ~(uint32_t)WEFT__FUTURE_POSTED, key);
}

void weft__future_recode(weft_future_t *future, unsigned code)
{
    uint32_t word;
    unsigned key = weft__bit_lock(&future->word, &word);

    word = (word & (((uint32_t)1 << WEFT__FUTURE_VALUE_SHIFT) - 1)) |
           (uint32_t)code << WEFT__FUTURE_VALUE_SHIFT;
    weft__bit_unlock(&future->word, word, key);
}

/* --- awaiting ------------------------------------------------------------- */

/* Under the lock. */
static void park(weft_future_t *future, uint32_t word, weft_await_t *await,
                 uint8_t how)
{
    weft_node_t *node = weft__wait_arm(await, future, 0, WEFT__NODE_RESULT);

    node->spare = how;
    append(future, word, node);
}

int weft_future_await_begin(weft_await_t *await, weft_future_t *future)
{
    uint32_t word;
    unsigned key;
    int rc = weft__wait_enter(await);

    if (rc < 0) {
        return rc;
    }
    rc = weft_future_result(future);
    if (rc != WEFT_PENDING) {
        return weft__wait_ready(await, rc);
    }
    key = weft__bit_lock(&future->word, &word);
    if (state_of(word) != WEFT_FUTURE_PENDING) {
        weft__bit_unlock(&future->word, word, key);
        return weft__wait_ready(await, result_of(word));
    }
    park(future, word, await, 0);
    weft__bit_unlock(&future->word, word, key);
    return WEFT_PENDING;
}

/* Marked and linked in one hold: who settles it finds the wait. */
bool weft__future_call(weft_future_t *future, unsigned code,
                       weft_await_t *await)
{
    uint32_t word;
    unsigned key = weft__bit_lock(&future->word, &word);
    bool idle = (word & WEFT__FUTURE_TAKEN) == 0;

    if (idle) {
        park(future, word, await, CALL);
        word = WEFT__FUTURE_SENT | (uint32_t)code << WEFT__FUTURE_VALUE_SHIFT;
    }
    weft__bit_unlock(&future->word, word, key);
    return idle;
}

/* A wait that is a call only asks for the end of what it waits for. */
static bool withdraw(weft_node_t *node, int reason)
{
    weft_future_t *future = (weft_future_t *)node->object;
    uint32_t word;
    unsigned key = weft__bit_lock(&future->word, &word);
    bool linked = weft_atomic_load_relaxed_u8(&node->linked) != 0;
    bool call = linked && (node->spare & CALL) != 0;

    if (call && (word & WEFT__FUTURE_CANCEL) == 0) {
        node->spare |= reason == WEFT_ERR_TIMEOUT ? LATE : 0;
        word |= WEFT__FUTURE_CANCEL;
    } else if (linked && !call) {
        take_out(future, node);
    }
    weft__bit_unlock(&future->word, word, key);
    return linked && !call;
}

int weft_future_await(weft_future_t *future)
{
    weft_await_t await;

    return weft__block(&await, weft_future_await_begin(&await, future));
}

int weft_future_await_until(weft_future_t *future, uint64_t deadline_us)
{
    weft_await_t await;

    return weft__block_until(&await, deadline_us,
                             weft_future_await_begin(&await, future));
}

/* --- as a case of a select ------------------------------------------------ */

static int case_begin(weft_node_t *node)
{
    weft_future_t *future = (weft_future_t *)node->object;
    uint32_t word;
    unsigned key = weft__bit_lock(&future->word, &word);
    int rc = WEFT_OK;

    if (state_of(word) == WEFT_FUTURE_PENDING) {
        node->spare = 0;
        append(future, word, node);
        rc = WEFT_PENDING;
    } else if (!weft__claim_self(node)) {
        rc = WEFT__LOST;
    }
    weft__bit_unlock(&future->word, word, key);
    return rc;
}

static int case_attempt(weft_node_t *node)
{
    return weft_future_settled((const weft_future_t *)node->object)
               ? WEFT_OK
               : WEFT_PENDING;
}

const weft_case_ops_t weft__case_future_ops = {case_begin, case_attempt};
