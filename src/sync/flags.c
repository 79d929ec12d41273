/* flags.c - 32 flags and the one who waits for some of them
 * SPDX-License-Identifier: MIT
 *
 * Under the lock: there is a waiter only while what it waits for is not there.
 * A node's buffer is the mask of a wait for all; of a wait for any it is where
 * those found go, and until then the mask is there (ANY in spare).
 *
 * A set that ends the wait takes the node out, clears the flags, unlocks,
 * writes those found and delivers: no touch of the flags after the unlock.
 */
#include "weft/flags.h"

#include "core/bitlock.h"
#include "core/wait.h"
#include "core/waiters.h"
#include "coro/block.h"

enum { ANY = 1 };

static bool withdraw(weft_node_t *node, int reason);

const weft_object_ops_t weft__flags_ops = {"flags", withdraw};

void weft_flags_init(weft_flags_t *flags)
{
    *flags = (weft_flags_t)WEFT_FLAGS_INIT;
}

/* Which of mask a wait gets; 0: it has to wait. */
static uint32_t enough(uint32_t flags, uint32_t mask, bool any)
{
    uint32_t found = flags & mask;

    return any || found == mask ? found : 0;
}

static uint32_t *got_of(const weft_node_t *node)
{
    return (uint32_t *)node->buffer;
}

static void unlink_waiter(weft_flags_t *flags, weft_node_t *node)
{
    flags->waiter = NULL;
    weft_atomic_store_release_u8(&node->linked, 0);
}

/* Under the lock: the waiter, taken out, if there is enough for it. One that
 * has ended otherwise is dropped. */
static weft_node_t *take_waiter(weft_flags_t *flags, uint32_t *found)
{
    weft_node_t *node = flags->waiter;
    bool any;
    bool ours;

    *found = 0;
    if (node == NULL) {
        return NULL;
    }
    any = node->spare == ANY;
    *found =
        enough(flags->flags, any ? *got_of(node) : (uint32_t)node->buffer, any);
    if (*found == 0) {
        return NULL;
    }
    ours = weft__claim(node);
    unlink_waiter(flags, node);
    flags->flags &= ours ? ~*found : ~(uint32_t)0;
    return ours ? node : NULL;
}

void weft_flags_set(weft_flags_t *flags, uint32_t mask)
{
    uint32_t state;
    uint32_t found;
    unsigned key = weft__bit_lock(&flags->word, &state);
    weft_node_t *node;

    flags->flags |= mask;
    node = take_waiter(flags, &found);
    weft__bit_unlock(&flags->word, state, key);
    if (node != NULL) {
        if (node->spare == ANY) {
            *got_of(node) = found;
        }
        weft__deliver(node, WEFT_OK);
    }
}

uint32_t weft_flags_clear(weft_flags_t *flags, uint32_t mask)
{
    uint32_t state;
    unsigned key = weft__bit_lock(&flags->word, &state);
    uint32_t found = flags->flags & mask;

    flags->flags &= ~mask;
    weft__bit_unlock(&flags->word, state, key);
    return found;
}

uint32_t weft_flags_get(weft_flags_t *flags)
{
    uint32_t state;
    unsigned key = weft__bit_lock(&flags->word, &state);
    uint32_t found = flags->flags;

    weft__bit_unlock(&flags->word, state, key);
    return found;
}

static int try_wait(weft_flags_t *flags, uint32_t mask, bool any, uint32_t *got)
{
    uint32_t state;
    uint32_t found;
    unsigned key;

    WEFT_ASSERT(mask != 0, "a wait for no flags");
    key = weft__bit_lock(&flags->word, &state);
    found = enough(flags->flags, mask, any);
    flags->flags &= ~found;
    weft__bit_unlock(&flags->word, state, key);
    if (found != 0 && got != NULL) {
        *got = found;
    }
    return found != 0 ? WEFT_OK : WEFT_ERR_EMPTY;
}

int weft_flags_try_wait_any(weft_flags_t *flags, uint32_t mask, uint32_t *got)
{
    return try_wait(flags, mask, true, got);
}

int weft_flags_try_wait_all(weft_flags_t *flags, uint32_t mask)
{
    return try_wait(flags, mask, false, NULL);
}

/* Under the lock: 0, BUSY, or PENDING with the node linked. got: of any. */
static int take_or_park(weft_flags_t *flags, weft_await_t *await, uint32_t mask,
                        uint32_t *got)
{
    uint32_t found = enough(flags->flags, mask, got != NULL);
    weft_node_t *node;

    if (flags->waiter != NULL) {
        return WEFT_ERR_BUSY;
    }
    if (found != 0) {
        flags->flags &= ~found;
        mask = found;
    }
    if (got != NULL) {
        *got = mask;
    }
    if (found != 0) {
        return WEFT_OK;
    }
    node = weft__wait_arm(await, flags, got != NULL ? (uintptr_t)got : mask,
                          WEFT__NODE_OBJECT);
    node->spare = got != NULL ? ANY : 0;
    flags->waiter = node;
    weft_atomic_store_relaxed_u8(&node->linked, 1);
    return WEFT_PENDING;
}

static int begin(weft_await_t *await, weft_flags_t *flags, uint32_t mask,
                 uint32_t *got)
{
    uint32_t state;
    unsigned key;
    int rc = weft__wait_enter(await);

    WEFT_ASSERT(mask != 0, "a wait for no flags");
    if (rc < 0) {
        return rc;
    }
    key = weft__bit_lock(&flags->word, &state);
    rc = take_or_park(flags, await, mask, got);
    weft__bit_unlock(&flags->word, state, key);
    return rc == WEFT_PENDING ? rc : weft__wait_ready(await, rc);
}

int weft_flags_wait_any_begin(weft_await_t *await, weft_flags_t *flags,
                              uint32_t mask, uint32_t *got)
{
    WEFT_ASSERT(got != NULL, "flags with no place to go");
    return begin(await, flags, mask, got);
}

int weft_flags_wait_all_begin(weft_await_t *await, weft_flags_t *flags,
                              uint32_t mask)
{
    return begin(await, flags, mask, NULL);
}

static bool withdraw(weft_node_t *node, int reason)
{
    weft_flags_t *flags = (weft_flags_t *)node->object;
    uint32_t state;
    unsigned key = weft__bit_lock(&flags->word, &state);
    bool linked = weft_atomic_load_relaxed_u8(&node->linked) != 0;

    (void)reason;
    if (linked) {
        unlink_waiter(flags, node);
    }
    weft__bit_unlock(&flags->word, state, key);
    return linked;
}

int weft_flags_wait_any(weft_flags_t *flags, uint32_t mask, uint32_t *got)
{
    weft_await_t await;

    return weft__block(&await,
                       weft_flags_wait_any_begin(&await, flags, mask, got));
}

int weft_flags_wait_any_until(weft_flags_t *flags, uint32_t mask, uint32_t *got,
                              uint64_t deadline_us)
{
    weft_await_t await;

    return weft__block_until(
        &await, deadline_us,
        weft_flags_wait_any_begin(&await, flags, mask, got));
}

int weft_flags_wait_all(weft_flags_t *flags, uint32_t mask)
{
    weft_await_t await;

    return weft__block(&await, weft_flags_wait_all_begin(&await, flags, mask));
}

int weft_flags_wait_all_until(weft_flags_t *flags, uint32_t mask,
                              uint64_t deadline_us)
{
    weft_await_t await;

    return weft__block_until(&await, deadline_us,
                             weft_flags_wait_all_begin(&await, flags, mask));
}
