/* timer.c - timers with a callback, and what a fired node does
 * SPDX-License-Identifier: MIT
 */
#include "weft/timer.h"

#include "core/home.h"
#include "core/scope.h"
#include "core/timers.h"

enum { POST_START = 1, POST_STOP = 2 };

static int take_post(weft_runnable_t *runnable);
static void call_back(weft_timer_t *timer, uint64_t now_us);

void weft__timer_init(weft_timer_t *timer, weft_home_t *home, weft_timer_fn *fn,
                      void *ctx)
{
    *timer = (weft_timer_t){
        .home = home,
        .fn = fn,
        .ctx = ctx,
        .post = {.run = take_post},
    };
    if (home->timers != NULL) {
        home->timers->call_back = call_back;
    }
}

static void arm(weft_timer_t *timer, uint64_t deadline_us)
{
    weft__timer_arm(timer->home, &timer->node, deadline_us,
                    (uintptr_t)timer | WEFT__OWNER_TIMER);
}

static void start(weft_timer_t *timer, uint64_t deadline_us, uint64_t period_us)
{
    WEFT_ASSERT(!weft__in_interrupt(),
                "weft_timer_start in an interrupt: use weft_timer_post_start");
    (void)weft_timer_stop(timer);
    timer->period_us = period_us;
    arm(timer, deadline_us);
}

void weft_timer_start(weft_timer_t *timer, uint64_t deadline_us)
{
    start(timer, deadline_us, 0);
}

void weft_timer_start_every(weft_timer_t *timer, uint64_t first_us,
                            uint64_t period_us)
{
    WEFT_ASSERT(period_us > 0, "a timer with a period of 0");
    start(timer, first_us, period_us);
}

enum weft_timer_stopped weft_timer_stop(weft_timer_t *timer)
{
    if (!weft__timer_linked(&timer->node)) {
        return WEFT_TIMER_IDLE;
    }
    weft__timer_disarm(timer->home, &timer->node);
    return WEFT_TIMER_PREVENTED;
}

bool weft_timer_active(const weft_timer_t *timer)
{
    return weft__timer_linked(&timer->node);
}

/* The next point of a period that has not passed, counted from deadline_us;
 * WEFT_FOREVER at the end of time. */
static uint64_t next_point(uint64_t deadline_us, uint64_t period_us,
                           uint64_t now_us)
{
    uint64_t late = now_us > deadline_us ? now_us - deadline_us : 0;
    uint64_t step = late - late % period_us;

    step = step > WEFT_FOREVER - period_us ? WEFT_FOREVER : step + period_us;
    return step > WEFT_FOREVER - deadline_us ? WEFT_FOREVER
                                             : deadline_us + step;
}

/* A periodic timer is armed again before its callback, so that the callback
 * may stop, restart or free it. */
static void call_back(weft_timer_t *timer, uint64_t now_us)
{
    if (timer->period_us != 0) {
        arm(timer, next_point(weft__timer_deadline(&timer->node),
                              timer->period_us, now_us));
    }
    timer->fn(timer, timer->ctx);
}

static int take_post(weft_runnable_t *runnable)
{
    weft_timer_t *timer = WEFT_CONTAINER_OF(runnable, weft_timer_t, post);
    unsigned key = weft_lock_mask(&timer->post_lock);
    uint8_t wanted = timer->post_wanted;
    uint64_t deadline_us = timer->post_deadline_us;

    timer->post_queued = 0;
    weft_unlock_mask(&timer->post_lock, key);
    if (wanted == POST_START) {
        weft_timer_start(timer, deadline_us);
    } else {
        (void)weft_timer_stop(timer);
    }
    return 0;
}

static void post(weft_timer_t *timer, uint8_t wanted, uint64_t deadline_us)
{
    unsigned key = weft_lock_mask(&timer->post_lock);
    bool queued = timer->post_queued != 0;

    timer->post_wanted = wanted;
    timer->post_deadline_us = deadline_us;
    timer->post_queued = 1;
    weft_unlock_mask(&timer->post_lock, key);
    if (!queued) {
        weft__home_submit(timer->home, &timer->post);
    }
}

void weft_timer_post_start(weft_timer_t *timer, uint64_t deadline_us)
{
    post(timer, POST_START, deadline_us);
}

void weft_timer_post_stop(weft_timer_t *timer)
{
    post(timer, POST_STOP, 0);
}
