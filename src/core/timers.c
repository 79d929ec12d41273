/* timers.c - the timers of a home: arm, disarm, fire
 * SPDX-License-Identifier: MIT
 */
#include "core/timers.h"
#include "core/home.h"

/* Both queues have the same operations by other names. */
#if WEFT_TIMER_WHEEL
#define QUEUE(operation) weft_wheel_##operation
typedef weft_wheel_node_t place_t;
#else
#define QUEUE(operation) weft_heap_##operation
typedef weft_heap_node_t place_t;
#endif

void weft__timers_init(weft_timer_queue_t *timers, uint64_t now_us)
{
    QUEUE(init)(&timers->places, now_us);
}

void weft__timer_arm(weft_home_t *home, weft_timer_node_t *node,
                     uint64_t deadline_us, uintptr_t owner)
{
    WEFT_ASSERT(home->timers != NULL, "this executor has no timers");
    WEFT_ASSERT(!weft__timer_linked(node), "a timer node in use twice");
    node->owner = owner;
    QUEUE(insert)(&home->timers->places, &node->place, deadline_us);
}

void weft__timer_disarm(weft_home_t *home, weft_timer_node_t *node)
{
    QUEUE(remove)(&home->timers->places, &node->place);
}

/* Popped and not fired yet. Among many sleepers each waiter is a cache miss:
 * asked for some pops ahead, several are served at a time. A callback ends a
 * series, as it may do anything to the timers behind it. */
struct series {
    weft_timer_node_t *node[8];
    unsigned count;
};

static void fire_series(struct series *series, uint64_t now_us)
{
    unsigned i;

    for (i = 0; i < series->count; i++) {
        weft__timer_fired(series->node[i], now_us);
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
    for (left = WEFT_LOOP_BATCH; left > 0; left--) {
        place_t *place = QUEUE(pop)(&home->timers->places, now_us);
        if (place == NULL) {
            break;
        }
        if (add(&series, WEFT_CONTAINER_OF(place, weft_timer_node_t, place))) {
            fire_series(&series, now_us);
        }
    }
    fire_series(&series, now_us);
}

uint64_t weft__timers_next(const weft_home_t *home)
{
    return home->timers == NULL ? WEFT_FOREVER
                                : QUEUE(next)(&home->timers->places);
}
