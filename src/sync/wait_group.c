/* wait_group.c - the wait group: a count in the crowd's word
 * SPDX-License-Identifier: MIT
 *
 * word: LOCK, WAITERS, ZERO, and the count from bit 3 on.
 *
 *     ZERO -1-> n       1 add
 *        n -2-> n - 1   2 done
 *        1 -3-> ZERO    3 the last done: by a compare-and-swap where nobody
 *                         waits, else under the lock, for all who wait are due
 *      any -4-> + LOCK  4 who parks, leaves, or ends the waits
 *
 * ZERO and WAITERS both: who waits is due, and nobody parks. An add meanwhile
 * clears ZERO; who parks after it comes behind those who are due
 * (core/crowd.h). Where only the count changes it is by a compare-and-swap
 * from a word without LOCK, whether somebody waits or not (WAIT rule 13).
 */
#include "weft/wait_group.h"

#include "core/crowd.h"
#include "core/wait.h"
#include "coro/block.h"

enum {
    LOCK = WEFT__CROWD_LOCK,
    WAITERS = WEFT__CROWD_WAITERS,
    ZERO = WEFT__WAIT_GROUP_ZERO,
    ONE = 8,
    SHIFT = 3,
};

static bool withdraw(weft_node_t *node, int reason);

const weft_crowd_ops_t weft__wait_group_ops = {
    .object = {"wait group", withdraw},
    .serve = weft__crowd_serve,
    .go_on = weft__crowd_go_on,
};

void weft_wait_group_init(weft_wait_group_t *group)
{
    *group = (weft_wait_group_t)WEFT_WAIT_GROUP_INIT;
}

/* The word when nobody holds the lock, or not for long any more. */
static uint32_t unlocked(const uint32_t *word, uint32_t state)
{
    while ((state & LOCK) != 0) {
        weft_hook_spin();
        state = weft_atomic_load_relaxed_u32(word);
    }
    return state;
}

void weft_wait_group_add(weft_wait_group_t *group, uint32_t n)
{
    uint32_t *word = &group->crowd.word;
    uint32_t state = weft_atomic_load_relaxed_u32(word);

    if (n == 0) {
        return;
    }
    do {
        state = unlocked(word, state);
        WEFT_ASSERT(n <= WEFT_WAIT_GROUP_MAX - (state >> SHIFT),
                    "a wait group that is to count too many");
    } while (!weft_atomic_cas_acq_rel_u32(word, &state,
                                          (state & ~(uint32_t)ZERO) + n * ONE));
}

/* One less; ZERO when that was the last. */
static uint32_t one_less(uint32_t state)
{
    WEFT_ASSERT(state >= ONE, "done of a wait group that counts none");
    state -= ONE;
    return state < ONE ? state | ZERO : state;
}

/* It may be the last, and somebody waits. */
static void last_done(weft_crowd_t *crowd)
{
    uint32_t state;
    unsigned key = weft__bit_lock(&crowd->word, &state);

    state = one_less(state);
    if ((state & ZERO) != 0) {
        weft__crowd_end(crowd, state, key);
    } else {
        weft__crowd_unlock(crowd, state, key);
    }
}

void weft_wait_group_done(weft_wait_group_t *group)
{
    uint32_t *word = &group->crowd.word;
    uint32_t state = weft_atomic_load_relaxed_u32(word);
    uint32_t less;

    do {
        state = unlocked(word, state);
        less = one_less(state);
        if ((less & ZERO) != 0 && (less & WAITERS) != 0) {
            last_done(&group->crowd);
            return;
        }
    } while (!weft_atomic_cas_release_u32(word, &state, less));
}

uint32_t weft_wait_group_count(const weft_wait_group_t *group)
{
    return weft_atomic_load_acquire_u32(&group->crowd.word) >> SHIFT;
}

static bool none_left(const weft_crowd_t *crowd)
{
    return (weft_atomic_load_acquire_u32(&crowd->word) & ZERO) != 0;
}

int weft_wait_group_try_wait(const weft_wait_group_t *group)
{
    return none_left(&group->crowd) ? WEFT_OK : WEFT_ERR_BUSY;
}

/* Links the node, unless none is left by now: look and link in one hold. */
static bool park(weft_crowd_t *crowd, weft_await_t *await)
{
    uint32_t state;
    unsigned key = weft__bit_lock(&crowd->word, &state);
    bool waits = (state & ZERO) == 0;

    if (waits) {
        weft__crowd_park(crowd, await, 0);
    }
    weft__crowd_unlock(crowd, state, key);
    return waits;
}

int weft_wait_group_wait_begin(weft_await_t *await, weft_wait_group_t *group)
{
    int rc = weft__wait_enter(await);

    if (rc < 0) {
        return rc;
    }
    if (none_left(&group->crowd) || !park(&group->crowd, await)) {
        return weft__wait_ready(await, WEFT_OK);
    }
    return WEFT_PENDING;
}

static bool withdraw(weft_node_t *node, int reason)
{
    (void)reason;
    return weft__crowd_withdraw((weft_crowd_t *)node->object, node, ZERO);
}

int weft_wait_group_wait(weft_wait_group_t *group)
{
    weft_await_t await;

    return weft__block(&await, weft_wait_group_wait_begin(&await, group));
}

int weft_wait_group_wait_until(weft_wait_group_t *group, uint64_t deadline_us)
{
    weft_await_t await;

    return weft__block_until(&await, deadline_us,
                             weft_wait_group_wait_begin(&await, group));
}
