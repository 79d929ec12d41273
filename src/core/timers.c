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

void weft__timers_fire(weft_home_t *home, uint64_t now_us)
{
    int left;

    for (left = WEFT_LOOP_BATCH; left > 0; left--) {
        place_t *place = QUEUE(pop)(&home->timers->places, now_us);
        if (place == NULL) {
            return;
        }
        weft__timer_fired(WEFT_CONTAINER_OF(place, weft_timer_node_t, place),
                          now_us);
    }
}

uint64_t weft__timers_next(weft_home_t *home)
{
    return home->timers == NULL ? WEFT_FOREVER
                                : QUEUE(next)(&home->timers->places);
}
