/* strand.c - serial execution on top of any executor
 * SPDX-License-Identifier: MIT
 *
 * The inbox is asleep while nothing is to be done. Who pushes the first entry
 * submits the strand's turn to the inner executor; nobody else does until the
 * turn has put the inbox to sleep again, or has submitted itself once more.
 * As what was pushed lives until a turn has run it, the strand does.
 *
 *     ASLEEP -1-> stack     1 weft__home_post, kick
 *     stack  -2-> NULL      2 turn: weft__home_collect
 *     NULL   -3-> stack     3 weft__home_post
 *     NULL   -4-> ASLEEP    4 turn, with nothing left
 *
 * The turn itself counts as live: its release is the last touch, after which
 * a strand that is stopped may be gone. `end`: 0 -> node a joiner's, node -> 0
 * its withdrawal, anything -> 1 drained.
 */
#include "weft/strand.h"

#include "core/home.h"
#include "core/wait.h"
#include "coro/block.h"

enum { DRAINED = 1 };

static const weft_executor_ops_t strand_ops = {"strand", weft__executor_submit};

static weft_strand_t *of(weft_home_t *home)
{
    return WEFT_CONTAINER_OF(home, weft_strand_t, home);
}

static void kick(void *ctx)
{
    weft_strand_t *strand = ctx;

    weft__home_submit(strand->inner.home, &strand->turn);
}

/* Runs at most a batch; false: there is more. */
static bool run_batch(weft_home_t *home)
{
    int left;

    for (left = WEFT_LOOP_BATCH; left > 0; left--) {
        weft_link_t *entry = weft__home_next(home);
        if (entry == NULL) {
            weft__home_collect(home);
            entry = weft__home_next(home);
        }
        if (entry == NULL) {
            return true;
        }
        (void)weft__home_dispatch(home, entry);
    }
    return false;
}

static int turn(weft_runnable_t *runnable)
{
    weft_strand_t *strand = WEFT_CONTAINER_OF(runnable, weft_strand_t, turn);
    weft_home_t *home = &strand->home;
    weft_local_t outer = weft__home_entered(home);
    bool empty;

    weft__home_hold(home);
    empty = run_batch(home);
    weft__home_left(outer);
    if (!empty || !weft__inbox_announce(&home->inbox)) {
        weft__home_submit(strand->inner.home, &strand->turn);
    }
    weft__home_release(home);
    return 0;
}

/* The last touch of the strand: its memory may go. */
static void drained(weft_home_t *home)
{
    weft_node_t *joiner = (weft_node_t *)weft_atomic_exchange_acq_rel_word(
        &of(home)->end, DRAINED);

    if (joiner != NULL) {
        weft_atomic_store_release_u8(&joiner->linked, 0);
        weft__deliver(joiner, WEFT_OK);
    }
}

static bool withdraw(weft_node_t *node, int reason)
{
    weft_strand_t *strand = node->object;
    uintptr_t expected = (uintptr_t)node;

    (void)reason;
    return weft_atomic_cas_acq_rel_word(&strand->end, &expected, 0);
}

static const weft_object_ops_t strand_object_ops = {"strand", withdraw};

void weft_strand_init(weft_strand_t *strand, weft_executor_t *inner)
{
    WEFT_ASSERT(inner->home != NULL,
                "a strand on an executor that runs no tasks");
    *strand = (weft_strand_t){
        .ops = &strand_object_ops,
        .executor = {&strand_ops, &strand->home},
        .turn = {.run = turn},
    };
    weft__home_init(&strand->home, &strand->executor);
    strand->home.inbox.word = WEFT__ASLEEP;
    strand->home.kick = kick;
    strand->home.kick_ctx = strand;
    strand->home.sleepless = 1;
    strand->inner = (weft_inner_t){inner->home, drained};
    strand->home.inner = &strand->inner;
    strand->home.timers = inner->home->timers;
}

void weft_strand_stop(weft_strand_t *strand)
{
    uintptr_t *word = &strand->home.live;
    uintptr_t live = weft_atomic_load_relaxed_word(word);

    do {
        if ((live & WEFT__STOPPING) != 0) {
            return;
        }
    } while (!weft_atomic_cas_acq_rel_word(word, &live, live | WEFT__STOPPING));
    if (live == 0) {
        drained(&strand->home);
    }
}

bool weft_strand_drained(const weft_strand_t *strand)
{
    return weft_atomic_load_acquire_word(&strand->end) == DRAINED;
}

/* No lock: the node is linked and taken out by a compare-and-swap of `end`. */
int weft_strand_join_begin(weft_await_t *await, weft_strand_t *strand)
{
    uintptr_t end = 0;
    weft_node_t *node;
    int rc = weft__wait_enter(await);

    if (rc < 0) {
        return rc;
    }
    WEFT_ASSERT(weft__local()->home != &strand->home,
                "a strand joined by a task of its own");
    node = weft__wait_arm(await, strand, 0, WEFT__NODE_OBJECT);
    weft_atomic_store_relaxed_u8(&node->linked, 1);
    if (weft_atomic_cas_acq_rel_word(&strand->end, &end, (uintptr_t)node)) {
        return WEFT_PENDING;
    }
    weft_atomic_store_relaxed_u8(&node->linked, 0);
    weft__armed(false);
    return weft__wait_ready(await, end == DRAINED ? WEFT_OK : WEFT_ERR_BUSY);
}

int weft_strand_join(weft_strand_t *strand)
{
    weft_await_t await;

    return weft__block(&await, weft_strand_join_begin(&await, strand));
}

int weft_strand_join_until(weft_strand_t *strand, uint64_t deadline_us)
{
    weft_await_t await;

    return weft__block_until(&await, deadline_us,
                             weft_strand_join_begin(&await, strand));
}
