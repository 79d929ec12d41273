/* timers.h - internal: the timers of a home, by wheel or by heap
 * SPDX-License-Identifier: MIT
 *
 * Context: the home's own thread; of a pool, whose timers have a lock, the
 * worker that runs the owner, for fire any. WEFT_TIMER_WHEEL says which queue
 * it is.
 */
#ifndef WEFT_SRC_CORE_TIMERS_H
#define WEFT_SRC_CORE_TIMERS_H

#include "weft/executor.h"
#include "weft/timer.h"

/* What an owner is, in its low bits. */
#define WEFT__OWNER_WAITER ((uintptr_t)0)
#define WEFT__OWNER_TIMER ((uintptr_t)1)
#define WEFT__OWNER_SCOPE ((uintptr_t)2)
#define WEFT__OWNER_MASK ((uintptr_t)3)

/* Whoever arms no timer does not link them: a loop finds them here. */
struct weft__timer_ops {
    void (*fire)(weft_home_t *home);
    uint64_t (*next)(const weft_home_t *home);
};

void weft__timers_init(weft_timer_queue_t *timers, uint64_t now_us);

/* Has the first one that is armed do this. */
static inline void weft__timers_later(weft_timer_queue_t *timers)
{
    timers->ops = NULL;
    timers->call_back = NULL;
    timers->sharing = NULL;
}

/* Fires at most a batch of what is due by now. Home only, not shared. */
static inline void weft__timers_look(weft_home_t *home)
{
    if (home->timers->ops != NULL) {
        home->timers->ops->fire(home);
    }
}

/* When to do so next. */
static inline uint64_t weft__timers_due(const weft_home_t *home)
{
    return home->timers->ops == NULL ? WEFT_FOREVER
                                     : home->timers->ops->next(home);
}

/* What weft_timer_init does, of any home with timers. */
void weft__timer_init(weft_timer_t *timer, weft_home_t *home, weft_timer_fn *fn,
                      void *ctx);

/* Has several threads share them; earlier(ctx) is told when one is armed that
 * is due before what weft__timers_watch gave last. */
void weft__timers_share(weft_timer_queue_t *timers,
                        weft_timer_sharing_t *sharing,
                        void (*earlier)(void *ctx), void *ctx);

/* Links an unlinked node; an assertion where the home has no timers. */
void weft__timer_arm(weft_home_t *home, weft_timer_node_t *node,
                     uint64_t deadline_us, uintptr_t owner);

/* Takes a node out if it is still linked. */
void weft__timer_disarm(weft_home_t *home, weft_timer_node_t *node);

/* Whether a node that was armed has not fired. */
bool weft__timer_pending(const weft_home_t *home,
                         const weft_timer_node_t *node);

/* Fires at most a batch of what is due. */
void weft__timers_fire(weft_home_t *home, uint64_t now_us);

/* The same of shared ones: owners are only woken, and look themselves. */
void weft__timers_fire_shared(weft_timer_queue_t *timers, uint64_t now_us);

/* Of shared ones: when to fire next. Who calls it sleeps until then at most,
 * or until it is told of an earlier one. */
uint64_t weft__timers_watch(weft_timer_queue_t *timers);

/* Nobody does any more: be told of each that is armed. */
void weft__timers_unwatch(weft_timer_queue_t *timers);

/* When to fire next; WEFT_FOREVER when nothing is armed. */
uint64_t weft__timers_next(const weft_home_t *home);

/* Does what a fired node of these timers stands for. */
void weft__timer_fired(weft_timer_queue_t *timers, weft_timer_node_t *node,
                       uint64_t now_us);

static inline bool weft__timer_linked(const weft_timer_node_t *node)
{
#if WEFT_TIMER_WHEEL
    return weft_wheel_linked(&node->place);
#else
    return weft_heap_linked(&node->place);
#endif
}

static inline uint64_t weft__timer_deadline(const weft_timer_node_t *node)
{
    return node->place.key;
}

#endif
