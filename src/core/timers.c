/* timers.c - the timers of a home: arm, disarm, fire
 * SPDX-License-Identifier: MIT
 *
 * Timers that threads share: a node is linked and unlinked under the lock, and
 * in the hold that unlinks it the one who fires it takes its owner's ticket.
 * So an owner that finds it unlinked, under the lock too, may go its way, and
 * end: the wake that is in flight pins the owner, and nobody else who fired
 * touches it. Owners are waiters: a scope's deadline wakes its opener.
 */
#include "core/timers.h"
#include "core/home.h"
#include "core/scope.h"

/* Both queues have the same operations by other names. */
#if WEFT_TIMER_WHEEL
#define QUEUE(operation) weft_wheel_##operation
typedef weft_wheel_node_t place_t;
#else
#define QUEUE(operation) weft_heap_##operation
typedef weft_heap_node_t place_t;
#endif

static void fire_now(weft_home_t *home);

static void begin(weft_timer_queue_t *timers, uint64_t now_us)
{
    static const struct weft__timer_ops ops = {fire_now, weft__timers_next};

    QUEUE(init)(&timers->places, now_us);
    timers->ops = &ops;
}

void weft__timers_init(weft_timer_queue_t *timers, uint64_t now_us)
{
    weft__timers_later(timers);
    begin(timers, now_us);
}

void weft__timers_share(weft_timer_queue_t *timers,
                        weft_timer_sharing_t *sharing,
                        void (*earlier)(void *ctx), void *ctx)
{
    *sharing = (weft_timer_sharing_t){
        .watched_us = WEFT_FOREVER, .earlier = earlier, .ctx = ctx};
    timers->sharing = sharing;
}

/* Under the lock. Atomic for who only wants to know if there are any. */
static void count_armed(weft_timer_sharing_t *sharing, uint32_t by)
{
    weft_atomic_store_relaxed_u32(&sharing->armed, sharing->armed + by);
}

static void arm_shared(weft_timer_queue_t *timers, weft_timer_node_t *node,
                       uint64_t deadline_us)
{
    weft_timer_sharing_t *sharing = timers->sharing;
    unsigned key = weft_lock_mask(&sharing->lock);
    bool earlier = deadline_us < sharing->watched_us;

    QUEUE(insert)(&timers->places, &node->place, deadline_us);
    count_armed(sharing, 1);
    if (earlier) {
        sharing->watched_us = deadline_us;
    }
    weft_unlock_mask(&sharing->lock, key);
    if (earlier) {
        sharing->earlier(sharing->ctx);
    }
}

void weft__timer_arm(weft_home_t *home, weft_timer_node_t *node,
                     uint64_t deadline_us, uintptr_t owner)
{
    WEFT_ASSERT(home->timers != NULL, "this executor has no timers");
    WEFT_ASSERT(!weft__timer_linked(node), "a timer node in use twice");
    node->owner = owner;
    if (home->timers->ops == NULL) {
        begin(home->timers, weft_port_now_us());
    }
    if (home->timers->sharing != NULL) {
        arm_shared(home->timers, node, deadline_us);
    } else {
        QUEUE(insert)(&home->timers->places, &node->place, deadline_us);
    }
}

static void disarm_shared(weft_timer_queue_t *timers, weft_timer_node_t *node)
{
    unsigned key = weft_lock_mask(&timers->sharing->lock);

    if (weft__timer_linked(node)) {
        QUEUE(remove)(&timers->places, &node->place);
        count_armed(timers->sharing, (uint32_t)-1);
    }
    weft_unlock_mask(&timers->sharing->lock, key);
}

void weft__timer_disarm(weft_home_t *home, weft_timer_node_t *node)
{
    weft_timer_queue_t *timers = home->timers;

    if (timers != NULL && timers->sharing != NULL) {
        disarm_shared(timers, node);
    } else if (weft__timer_linked(node)) {
        QUEUE(remove)(&timers->places, &node->place);
    }
}

bool weft__timer_pending(const weft_home_t *home, const weft_timer_node_t *node)
{
    weft_timer_queue_t *timers = home->timers;
    bool linked;
    unsigned key;

    if (timers == NULL || timers->sharing == NULL) {
        return weft__timer_linked(node);
    }
    key = weft_lock_mask(&timers->sharing->lock);
    linked = weft__timer_linked(node);
    weft_unlock_mask(&timers->sharing->lock, key);
    return linked;
}

void weft__timer_fired(weft_timer_queue_t *timers, weft_timer_node_t *node,
                       uint64_t now_us)
{
    uintptr_t owner = node->owner & ~WEFT__OWNER_MASK;

    if ((node->owner & WEFT__OWNER_MASK) == WEFT__OWNER_WAITER) {
        /* The node is unlinked: that is how its owner sees that it fired. */
        weft__wake((weft_waiter_t *)owner);
    } else if ((node->owner & WEFT__OWNER_TIMER) != 0) {
        timers->call_back((weft_timer_t *)owner, now_us);
    } else {
        weft_scope_t *scope = (weft_scope_t *)owner;
        scope->ops->late(scope);
    }
}

/* Popped and not fired yet. Among many sleepers each waiter is a cache miss:
 * asked for some pops ahead, several are served at a time. A callback ends a
 * series, as it may do anything to the timers behind it. */
struct series {
    weft_timer_node_t *node[WEFT_SMALL ? 1 : 8];
    unsigned count;
};

static void fire_series(weft_timer_queue_t *timers, struct series *series,
                        uint64_t now_us)
{
    unsigned i;

    for (i = 0; i < series->count; i++) {
        weft__timer_fired(timers, series->node[i], now_us);
    }
    series->count = 0;
}

/* Whether the series is complete with it. */
static bool add(struct series *series, weft_timer_node_t *node)
{
    __builtin_prefetch((const void *)(node->owner & ~WEFT__OWNER_MASK), 1);
    series->node[series->count++] = node;
    return (node->owner & WEFT__OWNER_MASK) != WEFT__OWNER_WAITER ||
           series->count == sizeof(series->node) / sizeof(series->node[0]);
}

void weft__timers_fire(weft_home_t *home, uint64_t now_us)
{
    struct series series;
    int left;

    series.count = 0;
    for (left = WEFT_LOOP_BATCH;
         left > 0 && QUEUE(count)(&home->timers->places) != 0; left--) {
        place_t *place = QUEUE(pop)(&home->timers->places, now_us);
        if (place == NULL) {
            break;
        }
        if (add(&series, WEFT_CONTAINER_OF(place, weft_timer_node_t, place))) {
            fire_series(home->timers, &series, now_us);
        }
    }
    fire_series(home->timers, &series, now_us);
}

static void fire_now(weft_home_t *home)
{
    if (QUEUE(count)(&home->timers->places) != 0) { /* no look at the clock */
        weft__timers_fire(home, weft_port_now_us());
    }
}

/* Under the lock: whose node it was, if its wake is ours to push. */
static weft_waiter_t *take_owner(weft_timer_node_t *node)
{
    uintptr_t owner = node->owner & ~WEFT__OWNER_MASK;
    weft_waiter_t *waiter = (weft_waiter_t *)owner;

    if ((node->owner & WEFT__OWNER_SCOPE) != 0) {
        waiter = ((weft_scope_t *)owner)->opener;
        return weft__tell(waiter) ? waiter : NULL;
    }
    return !weft__ticket_take(waiter) ? waiter : NULL;
}

/* Takes out at most WEFT_STEP due nodes in one hold; gives those owners whose
 * wake is ours, chained by their links. */
static weft_link_t *pop_shared(weft_timer_queue_t *timers, uint64_t now_us,
                               bool *more)
{
    weft_link_t *chain = NULL;
    unsigned key = weft_lock_mask(&timers->sharing->lock);
    int left;

    for (left = WEFT_STEP; left > 0; left--) {
        place_t *place = QUEUE(pop)(&timers->places, now_us);
        weft_waiter_t *waiter;
        if (place == NULL) {
            break;
        }
        count_armed(timers->sharing, (uint32_t)-1);
        waiter = take_owner(WEFT_CONTAINER_OF(place, weft_timer_node_t, place));
        if (waiter != NULL) {
            waiter->runnable.link.next = chain;
            chain = &waiter->runnable.link;
        }
    }
    weft_unlock_mask(&timers->sharing->lock, key);
    *more = left == 0;
    return weft_link_reverse(chain);
}

void weft__timers_fire_shared(weft_timer_queue_t *timers, uint64_t now_us)
{
    bool more;

    do {
        weft__push_wakes(pop_shared(timers, now_us, &more));
    } while (more);
}

uint64_t weft__timers_watch(weft_timer_queue_t *timers)
{
    unsigned key = weft_lock_mask(&timers->sharing->lock);
    uint64_t next_us = QUEUE(next)(&timers->places);

    timers->sharing->watched_us = next_us;
    weft_unlock_mask(&timers->sharing->lock, key);
    return next_us;
}

void weft__timers_unwatch(weft_timer_queue_t *timers)
{
    unsigned key = weft_lock_mask(&timers->sharing->lock);

    timers->sharing->watched_us = WEFT_FOREVER;
    weft_unlock_mask(&timers->sharing->lock, key);
}

uint64_t weft__timers_next(const weft_home_t *home)
{
    return home->timers == NULL ? WEFT_FOREVER
                                : QUEUE(next)(&home->timers->places);
}
