/* condition.c - the condition: a list of those who wait without their mutex
 * SPDX-License-Identifier: MIT
 *
 *   waits here -1-> has the mutex       1 notify, the mutex is open
 *   waits here -2-> waits for it        2 notify, it is another's
 *   waits here -3-> has the mutex       3 withdraw, the mutex is open
 *   waits here -4-> waits for it        4 withdraw, it is another's
 *   waits for it -5-> has the mutex     5 an unlock (src/sync/mutex.c)
 *
 * Who was notified is not woken to fight for the mutex: his node itself moves
 * into its queue, and the unlock that gives it to him ends his wait. To its
 * owner a node that has moved looks claimed, not linked, which it is: neither
 * cancel nor limit take it out again. One that leaves by cancel or limit moves
 * in the same way, with the reason as the result it will get with the mutex.
 *
 * No notify is lost: a wait links before it unlocks the mutex, so who changes
 * the state with the mutex held finds it. WAITERS says that the list is not
 * empty. A node's buffer is the mutex until it moves.
 */
#include "weft/condition.h"

#include "coro/block.h"
#include "core/bitlock.h"
#include "core/wait.h"
#include "core/waiters.h"
#include "sync/chain.h"
#include "sync/mutex.h"

enum { WAITERS = 2 };

static bool withdraw(weft_node_t *node, int reason);

const weft_object_ops_t weft__condition_ops = {"condition", withdraw};

void weft_condition_init(weft_condition_t *condition)
{
    *condition = (weft_condition_t)WEFT_CONDITION_INIT;
}

static uint32_t waiting(const weft_condition_t *condition)
{
    return condition->waiters.first != NULL ? WAITERS : 0;
}

int weft_condition_wait_begin(weft_await_t *await, weft_condition_t *condition,
                              weft_mutex_t *mutex)
{
    int rc = weft__wait_enter(await);
    uint32_t state;
    unsigned key;

    WEFT_ASSERT(weft__mutex_owned(mutex, await->wait.waiter),
                "a condition waited for without its mutex");
    if (rc < 0) {
        return rc;
    }
    key = weft__bit_lock(&condition->word, &state);
    weft__waiters_append(
        &condition->waiters,
        weft__wait_arm(await, condition, (uintptr_t)mutex, WEFT__NODE_OBJECT));
    weft__bit_unlock(&condition->word, WAITERS, key);
    /* A notify may have the node by now; it has to wait for the mutex. */
    weft_mutex_unlock(mutex);
    return WEFT_PENDING;
}

/* The last touch of the condition was before. */
static void move(weft_node_t *node)
{
    if (weft__mutex_give((weft_mutex_t *)node->buffer, node, WEFT_OK)) {
        weft__deliver(node, WEFT_OK);
    }
}

static bool anybody(const weft_condition_t *condition)
{
    return weft_atomic_load_acquire_u32(&condition->word) != 0;
}

void weft_condition_notify_one(weft_condition_t *condition)
{
    weft_node_t *node;
    uint32_t state;
    unsigned key;

    if (!anybody(condition)) {
        return;
    }
    key = weft__bit_lock(&condition->word, &state);
    node = weft__waiters_take(&condition->waiters);
    weft__bit_unlock(&condition->word, waiting(condition), key);
    if (node != NULL) {
        move(node);
    }
}

/* Moves at most WEFT_STEP to the chain. True: there are more. */
static bool take_step(weft_condition_t *condition, weft__chain_t *chain)
{
    uint32_t state;
    unsigned key = weft__bit_lock(&condition->word, &state);
    int left;

    for (left = WEFT_STEP; left > 0; left--) {
        weft_node_t *node = weft__waiters_take(&condition->waiters);
        if (node == NULL) {
            break;
        }
        weft__chain_add(chain, node);
    }
    state = waiting(condition);
    weft__bit_unlock(&condition->word, state, key);
    return state != 0;
}

void weft_condition_notify_all(weft_condition_t *condition)
{
    weft__chain_t chain;
    weft_node_t *node;

    if (!anybody(condition)) {
        return;
    }
    weft__chain_init(&chain);
    while (take_step(condition, &chain)) {}
    while ((node = weft__chain_take(&chain)) != NULL) {
        move(node);
    }
}

/* True: it is out, and has its mutex again. */
static bool withdraw(weft_node_t *node, int reason)
{
    weft_condition_t *condition = node->object;
    uint32_t state;
    unsigned key = weft__bit_lock(&condition->word, &state);
    bool linked = weft__waiters_withdraw(&condition->waiters, node);

    weft__bit_unlock(&condition->word, waiting(condition), key);
    return linked &&
           weft__mutex_give((weft_mutex_t *)node->buffer, node, reason);
}

int weft_condition_wait(weft_condition_t *condition, weft_mutex_t *mutex)
{
    weft_await_t await;

    return weft__block(&await,
                       weft_condition_wait_begin(&await, condition, mutex));
}

int weft_condition_wait_until(weft_condition_t *condition, weft_mutex_t *mutex,
                              uint64_t deadline_us)
{
    weft_await_t await;

    return weft__block_until(
        &await, deadline_us,
        weft_condition_wait_begin(&await, condition, mutex));
}
