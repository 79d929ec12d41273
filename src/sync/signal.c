/* signal.c - the newest value, for one consumer
 * SPDX-License-Identifier: MIT
 *
 * word: LOCK, FULL, then how far behind the header the value is (8 bits) and
 * its size (16 bits), which never change. Under the lock there is a value
 * (FULL) or a waiting consumer, never both.
 * A set that finds the consumer takes its node out, unlocks, copies into the
 * consumer's memory and delivers: no touch of the signal after the unlock.
 */
#include "weft/select.h"
#include "weft/signal.h"

#include <string.h>

#include "coro/block.h"
#include "core/bitlock.h"
#include "core/copy.h"
#include "core/wait.h"
#include "core/waiters.h"

enum { FULL = 2 };

static bool withdraw(weft_node_t *node, int reason);

const weft_object_ops_t weft__signal_ops = {"signal", withdraw};

static void *room(weft_signal_t *signal, uint32_t word)
{
    return (char *)signal + ((word >> 8) & 0xff);
}

static size_t size_of(uint32_t word)
{
    return word >> 16;
}

void weft_signal_init(weft_signal_t *signal, void *value, size_t size)
{
    ptrdiff_t behind = (char *)value - (char *)signal;

    WEFT_ASSERT(size > 0 && size <= WEFT_COPY_MAX,
                "a signal's value of 0 or too many bytes");
    WEFT_ASSERT(behind >= (ptrdiff_t)sizeof(*signal) &&
                    behind <= (ptrdiff_t)UINT8_MAX,
                "a signal's value that is not right behind it");
    *signal = (weft_signal_t){
        .ops = &weft__signal_ops,
        .word = WEFT__SIGNAL_WORD(behind, size),
    };
}

static void copy(void *to, const void *from, size_t size)
{
    if (WEFT_SMALL) {
        weft__copy(to, from, size);
    } else {
        (void)memcpy(to, from, size);
    }
}

/* Under the lock. */
WEFT__INLINE void take_out(weft_signal_t *signal)
{
    weft_node_t *node = signal->waiter;

    signal->waiter = NULL;
    weft_atomic_store_release_u8(&node->linked, 0);
}

/* Under the lock: takes the consumer out. NULL: there is none, or it is a
 * select that has ended by something else. */
static weft_node_t *claim_waiter(weft_signal_t *signal)
{
    weft_node_t *node = signal->waiter;
    bool ours = node != NULL && weft__claim(node);

    if (node != NULL) {
        take_out(signal);
    }
    return ours ? node : NULL;
}

/* Under the lock: whether it has a consumer; a select that has ended by
 * something else and did not run yet is none. */
static bool has_waiter(weft_signal_t *signal)
{
    if (signal->waiter != NULL && weft__stale(signal->waiter)) {
        take_out(signal);
    }
    return signal->waiter != NULL;
}

/* Under the lock: makes the node the consumer. */
WEFT__INLINE void park(weft_signal_t *signal, weft_node_t *node)
{
    signal->waiter = node;
    weft_atomic_store_relaxed_u8(&node->linked, 1);
}

void weft_signal_set(weft_signal_t *signal, const void *value)
{
    uint32_t word;
    unsigned key = weft__bit_lock(&signal->word, &word);
    weft_node_t *node = claim_waiter(signal);

    if (node == NULL) {
        copy(room(signal, word), value, size_of(word));
        word |= FULL;
    }
    weft__bit_unlock(&signal->word, word, key);
    if (node != NULL) {
        copy((void *)node->buffer, value, size_of(word));
        weft__deliver(node, WEFT_OK);
    }
}

void weft_signal_clear(weft_signal_t *signal)
{
    uint32_t word;
    unsigned key = weft__bit_lock(&signal->word, &word);

    weft__bit_unlock(&signal->word, word & ~(uint32_t)FULL, key);
}

/* Under the lock: takes the value if there is one; the word to unlock with. */
static uint32_t take(weft_signal_t *signal, uint32_t word, void *value)
{
    if ((word & FULL) != 0) {
        copy(value, room(signal, word), size_of(word));
    }
    return word & ~(uint32_t)FULL;
}

int weft_signal_try_wait(weft_signal_t *signal, void *value)
{
    uint32_t word;
    unsigned key = weft__bit_lock(&signal->word, &word);

    weft__bit_unlock(&signal->word, take(signal, word, value), key);
    return (word & FULL) != 0 ? WEFT_OK : WEFT_ERR_EMPTY;
}

/* Under the lock: 0 with the value, BUSY, or PENDING with the node linked. */
WEFT__INLINE int take_or_park(weft_signal_t *signal, uint32_t *word,
                              weft_await_t *await, weft_waiter_t *waiter,
                              void *value)
{
    if (signal->waiter != NULL && has_waiter(signal)) {
        return WEFT_ERR_BUSY;
    }
    if ((*word & FULL) != 0) {
        *word = take(signal, *word, value);
        return WEFT_OK;
    }
    weft__wait_prepare(await, waiter);
    park(signal,
         weft__wait_arm(await, signal, (uintptr_t)value, WEFT__NODE_OBJECT));
    return WEFT_PENDING;
}

int weft_signal_wait_begin(weft_await_t *await, weft_signal_t *signal,
                           void *value)
{
    weft_waiter_t *waiter;
    uint32_t word;
    unsigned key;
    int rc = weft__wait_enter_waiter(await, &waiter);

    if (rc < 0) {
        return rc;
    }
    key = weft__bit_lock(&signal->word, &word);
    rc = take_or_park(signal, &word, await, waiter, value);
    weft__bit_unlock(&signal->word, word, key);
    return rc == WEFT_PENDING ? rc : weft__wait_done(await, waiter, rc);
}

static bool withdraw(weft_node_t *node, int reason)
{
    weft_signal_t *signal = (weft_signal_t *)node->object;
    uint32_t word;
    unsigned key = weft__bit_lock(&signal->word, &word);
    bool linked = weft_atomic_load_relaxed_u8(&node->linked) != 0;

    (void)reason;
    if (linked) {
        take_out(signal);
    }
    weft__bit_unlock(&signal->word, word, key);
    return linked;
}

int weft_signal_wait(weft_signal_t *signal, void *value)
{
    weft_await_t await;

    return weft__block(&await, weft_signal_wait_begin(&await, signal, value));
}

int weft_signal_wait_until(weft_signal_t *signal, void *value,
                           uint64_t deadline_us)
{
    weft_await_t await;

    return weft__block_until(&await, deadline_us,
                             weft_signal_wait_begin(&await, signal, value));
}

/* --- as a case of a select ------------------------------------------------ */

static int case_begin(weft_node_t *node)
{
    weft_signal_t *signal = (weft_signal_t *)node->object;
    uint32_t word;
    unsigned key = weft__bit_lock(&signal->word, &word);
    bool busy = has_waiter(signal);
    int rc = WEFT_PENDING;

    if (!busy && (word & FULL) == 0) {
        park(signal, node);
    } else if (!weft__claim_self(node)) {
        rc = WEFT__LOST;
    } else if (busy) {
        rc = WEFT_ERR_BUSY;
    } else {
        word = take(signal, word, (void *)node->buffer);
        rc = WEFT_OK;
    }
    weft__bit_unlock(&signal->word, word, key);
    return rc;
}

static int case_attempt(weft_node_t *node)
{
    return weft_signal_try_wait((weft_signal_t *)node->object,
                                (void *)node->buffer) == WEFT_OK
               ? WEFT_OK
               : WEFT_PENDING;
}

const weft_case_ops_t weft__case_signal_ops = {case_begin, case_attempt};
