/* scheduler.h - the order in which an executor takes what is ready
 * SPDX-License-Identifier: MIT
 *
 * When to use it: an executor without one is first in, first out. Give it a
 * weft_priority_scheduler_t for 32 priorities, each first in, first out.
 *
 * Example:
 *
 *     static weft_priority_scheduler_t order;
 *     weft_priority_scheduler_init(&order);
 *     weft_loop_init(&loop, &(weft_loop_config_t){
 *         .scheduler = &order.scheduler });
 *     weft_task_set_priority(motor_task(&motor), 20);
 *
 * A loop with priorities looks at its inbox before each pick.
 *
 * Context: the executor's own thread. Memory: the caller's, as long as the
 * executor.
 */
#ifndef WEFT_SCHEDULER_H
#define WEFT_SCHEDULER_H

#include <stdint.h>

#include "weft/base/link.h"
#include "weft/config.h"
#include "weft/executor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* An order of entries (tagged links, weft/base/link.h). */
typedef struct weft_scheduler_ops {
    const char *name;
    /* At the end of its level, or at its front. */
    void (*push)(weft_scheduler_t *scheduler, weft_link_t *entry,
                 unsigned level, int front);
    /* The next entry, or NULL. */
    weft_link_t *(*pop)(weft_scheduler_t *scheduler);
    /* Moves what is queued for waiter to the end of another level. */
    void (*move)(weft_scheduler_t *scheduler, weft_waiter_t *waiter,
                 unsigned from, unsigned to);
} weft_scheduler_ops_t;

struct weft_scheduler {
    const weft_scheduler_ops_t *ops;
};

/* Fixed priorities: a higher level runs first; a bit mask finds the highest
 * level in constant time. Plain runnables are at level 0. */
typedef struct weft_priority_scheduler {
    weft_scheduler_t scheduler;
    uint32_t occupied;
    weft_link_t *last[WEFT_PRIORITIES]; /* rings: the last entry knows the
                                           first */
} weft_priority_scheduler_t;
WEFT_SIZE_ASSERT(weft_priority_scheduler_t, 8 + 4 * WEFT_PRIORITIES,
                 16 + 8 * WEFT_PRIORITIES);

void weft_priority_scheduler_init(weft_priority_scheduler_t *scheduler);

#ifdef __cplusplus
}
#endif

#endif
