/* left.c - who lives on after the limit of a stop
 * SPDX-License-Identifier: MIT
 *
 * A task that runs elsewhere could end, and go, while it is told of. Its own
 * ticket keeps it there: with a wake in flight no task is settled.
 */
#include "executors/left.h"

#include "core/home.h"

/* Whether the waiter, listed, stays until it is let go. */
static bool pin(weft_waiter_t *waiter, const struct weft__left *left)
{
    return !left->elsewhere || !weft__ticket_take(waiter);
}

static void let_go(weft_waiter_t *waiter, const struct weft__left *left)
{
    if (left->elsewhere) {
        waiter->runnable.link.next = NULL;
        weft__push_wakes(&waiter->runnable.link);
    }
}

/* Takes up to WEFT_STEP waiters of a list from position *at on, under the
 * scope's lock; how many. */
static unsigned copy(weft_scope_t *scope, weft_list_t *list, unsigned *at,
                     const struct weft__left *left, weft_waiter_t **waiters)
{
    unsigned key = weft_lock_mask(&scope->lock);
    weft_list_node_t *node;
    unsigned index = 0;
    unsigned count = 0;

    for (node = weft_list_first(list); node != NULL && count < WEFT_STEP;
         node = weft_list_next(list, node)) {
        weft_waiter_t *waiter = WEFT_CONTAINER_OF(node, weft_waiter_t, sibling);
        if (index++ >= *at && pin(waiter, left)) {
            waiters[count++] = waiter;
        }
    }
    weft_unlock_mask(&scope->lock, key);
    *at = index;
    return count;
}

static void tell_list(weft_scope_t *root, weft_list_t *list,
                      const struct weft__left *left)
{
    weft_waiter_t *waiters[WEFT_STEP];
    unsigned at = 0;
    unsigned count;

    do {
        unsigned i;
        count = copy(root, list, &at, left, waiters);
        for (i = 0; i < count; i++) {
            left->fn(left->ctx, (weft_task_t *)(void *)waiters[i]);
            let_go(waiters[i], left);
        }
    } while (count == WEFT_STEP);
}

void weft__tell_left(weft_scope_t *root, const struct weft__left *left)
{
    if (root != NULL && left->fn != NULL) {
        tell_list(root, &root->children, left);
        tell_list(root, &root->told, left);
    }
}
