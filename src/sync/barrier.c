/* barrier.c - the barrier: a crowd that its last member sends on
 * SPDX-License-Identifier: MIT
 *
 * All fields are under the lock. A node's buffer is the round that it waits
 * for the end of. One whose round is over is due, though it may still be
 * linked while the leader takes out the others (core/crowd.h): it cannot
 * leave any more, for its coming has counted. Those of the next round are
 * behind it.
 */
#include "weft/barrier.h"

#include "core/crowd.h"
#include "core/wait.h"
#include "coro/block.h"

static bool withdraw(weft_node_t *node, int reason);

const weft_crowd_ops_t weft__barrier_ops = {
    .object = {"barrier", withdraw},
    .serve = weft__crowd_serve,
    .go_on = weft__crowd_go_on,
};

void weft_barrier_init(weft_barrier_t *barrier, uint32_t parties)
{
    WEFT_ASSERT(parties > 0, "a barrier for nobody");
    *barrier = (weft_barrier_t)WEFT_BARRIER_INIT(parties);
}

/* await NULL: it does not wait. */
static int come(weft_barrier_t *barrier, weft_await_t *await)
{
    uint32_t state;
    unsigned key = weft__bit_lock(&barrier->crowd.word, &state);
    int rc = WEFT_ERR_BUSY;

    if (barrier->arrived + 1 >= barrier->parties) {
        barrier->arrived = 0;
        barrier->round++;
        weft__crowd_end(&barrier->crowd, state, key);
        return WEFT_BARRIER_LEADER;
    }
    if (await != NULL) {
        barrier->arrived++;
        weft__crowd_park(&barrier->crowd, await, barrier->round);
        rc = WEFT_PENDING;
    }
    weft__crowd_unlock(&barrier->crowd, state, key);
    return rc;
}

int weft_barrier_try_wait(weft_barrier_t *barrier)
{
    return come(barrier, NULL);
}

int weft_barrier_wait_begin(weft_await_t *await, weft_barrier_t *barrier)
{
    int rc = weft__wait_enter(await);

    if (rc < 0) {
        return rc;
    }
    rc = come(barrier, await);
    return rc == WEFT_PENDING ? rc : weft__wait_ready(await, rc);
}

/* One less has come, unless the round is over. */
static bool withdraw(weft_node_t *node, int reason)
{
    weft_barrier_t *barrier = (weft_barrier_t *)node->object;
    uint32_t state;
    unsigned key = weft__bit_lock(&barrier->crowd.word, &state);
    bool leaves = weft_atomic_load_relaxed_u8(&node->linked) != 0 &&
                  (uint32_t)node->buffer == barrier->round;

    (void)reason;
    if (leaves) {
        weft__crowd_remove(&barrier->crowd, node);
        barrier->arrived--;
    }
    weft__crowd_unlock(&barrier->crowd, state, key);
    return leaves;
}

int weft_barrier_wait(weft_barrier_t *barrier)
{
    weft_await_t await;

    return weft__block(&await, weft_barrier_wait_begin(&await, barrier));
}

int weft_barrier_wait_until(weft_barrier_t *barrier, uint64_t deadline_us)
{
    weft_await_t await;

    return weft__block_until(&await, deadline_us,
                             weft_barrier_wait_begin(&await, barrier));
}
