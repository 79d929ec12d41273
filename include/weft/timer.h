/* timer.h - call a function at a time; the node that a sleeping task needs
 * SPDX-License-Identifier: MIT
 *
 * When to use it: for a callback on a loop. A task that only wants to go on
 * later uses WEFT_SLEEP; a wait with a limit uses WEFT_AWAIT_UNTIL.
 *
 * Example:
 *
 *     static void on_tick(weft_timer_t *timer, void *ctx)
 *     {
 *         (void)timer;
 *         toggle(ctx);
 *     }
 *     ...
 *     static weft_timer_t tick;
 *     weft_timer_init(&tick, &loop, on_tick, &led);
 *     weft_timer_start_every(&tick, weft_deadline(WEFT_MS(500)),
 *                            WEFT_MS(500));
 *
 * Timers fire never early, in the order of their deadlines, equal ones in the
 * order started; those that had passed when they were started come next, in an
 * order of their own. Starting and stopping cost the same from 1 to 10^6
 * timers. A timer does not keep its loop alive.
 *
 * Context: init, start and stop on the loop's own thread (tasks and timer
 * callbacks of that loop, or before it runs); from elsewhere, interrupts
 * too, by the posting forms. Callbacks run on the loop and may not wait.
 * Memory: the caller's, from init until it is stopped or has fired; a posted
 * request keeps it until the loop has taken it.
 */
#ifndef WEFT_TIMER_H
#define WEFT_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#include "weft/base/heap.h"
#include "weft/base/spinlock.h"
#include "weft/base/wheel.h"
#include "weft/config.h"
#include "weft/runnable.h"
#include "weft/time.h"
#include "weft/wait.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_timer weft_timer_t;
struct weft_loop;

/* A place in a loop's timers: the member `timer` of a task's frame. All zero
 * is idle. */
typedef struct weft_timer_node {
#if WEFT_TIMER_WHEEL
    weft_wheel_node_t place;
#else
    weft_heap_node_t place;
#endif
    uintptr_t owner; /* private: waiter, timer or scope, by its low bits */
} weft_timer_node_t;
WEFT_SIZE_ASSERT(weft_timer_node_t, 28, WEFT_TIMER_WHEEL ? 32 : 48);

/* What timers need that several threads share. */
typedef struct weft_timer_sharing {
    weft_spinlock_t lock;
    uint32_t armed;             /* atomic: how many are */
    uint64_t watched_us;        /* until when somebody sleeps at most */
    void (*earlier)(void *ctx); /* is told of a timer due before that */
    void *ctx;
} weft_timer_sharing_t;

/* The timers of one loop, or of a pool. */
struct weft_timer_queue {
    const struct weft__timer_ops *ops; /* NULL: nothing was ever armed */
    /* Of a weft_timer_t, set by the first there is. */
    void (*call_back)(struct weft_timer *timer, uint64_t now_us);
    weft_timer_sharing_t *sharing; /* NULL: one thread's alone */
#if WEFT_TIMER_WHEEL
    weft_wheel_t places;
#else
    weft_heap_t places;
#endif
};

typedef void weft_timer_fn(weft_timer_t *timer, void *ctx);

struct weft_timer {
    weft_timer_node_t node;
    weft_home_t *home;
    weft_timer_fn *fn;
    void *ctx;
    uint64_t period_us; /* 0: once */
    /* private: a request from elsewhere */
    weft_runnable_t post;
    uint64_t post_deadline_us;
    weft_spinlock_t post_lock;
    uint8_t post_wanted;
    uint8_t post_queued;
};

enum weft_timer_stopped {
    WEFT_TIMER_IDLE = 0,      /* was not running, or had already fired */
    WEFT_TIMER_PREVENTED = 1, /* a callback that was to come will not */
};

/* Prepares a timer that is not running. loop must have been initialised. */
void weft_timer_init(weft_timer_t *timer, struct weft_loop *loop,
                     weft_timer_fn *fn, void *ctx);

/* Fires once at deadline_us; at once (from the loop) if that has passed;
 * never at WEFT_FOREVER. A running timer is restarted. */
void weft_timer_start(weft_timer_t *timer, uint64_t deadline_us);

/* Fires at first_us and then every period_us, without drift; points that
 * passed while the loop was busy are skipped. period_us 0 is an assertion. */
void weft_timer_start_every(weft_timer_t *timer, uint64_t first_us,
                            uint64_t period_us);

/* Stops it. In its own callback a periodic timer is PREVENTED, a one-shot
 * IDLE. On a loop no callback can run elsewhere meanwhile: after stop the
 * memory is free. */
enum weft_timer_stopped weft_timer_stop(weft_timer_t *timer);

bool weft_timer_active(const weft_timer_t *timer);

/* Ask the loop to start or stop it: from any thread, core or interrupt. The
 * newest request counts. They give no result. */
void weft_timer_post_start(weft_timer_t *timer, uint64_t deadline_us);
void weft_timer_post_stop(weft_timer_t *timer);

#ifdef __cplusplus
}
#endif

#endif
