/* executor.h - where work runs: the interface, spawning, and spawners
 * SPDX-License-Identifier: MIT
 *
 * When to use it: to start a task or submit a runnable on any executor
 * without knowing which it is. weft/loop.h, manual.h and inline.h are the
 * executors.
 *
 * Example:
 *
 *     int rc = weft_spawn(&loop.executor, blink_task(&led));
 *
 * Context: every function here from any thread, core and allowed interrupt.
 * Memory: the caller's; an executor keeps a task from spawn until it was
 * joined or weft_task_finished() says so.
 */
#ifndef WEFT_EXECUTOR_H
#define WEFT_EXECUTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "weft/base/queue.h"
#include "weft/config.h"
#include "weft/error.h"
#include "weft/runnable.h"
#include "weft/wait.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_executor weft_executor_t;
typedef struct weft_scheduler weft_scheduler_t;
typedef struct weft_timer_queue weft_timer_queue_t;
typedef struct weft_task weft_task_t;

/* How submitted work is placed. A hint: an executor may ignore it. */
enum weft_hint {
    WEFT_HINT_DEFAULT = 0, /* at the end of the queue */
    WEFT_HINT_LIFO = 1,    /* next on this worker; WEFT_BUDGET in a row at
                              most, so that it starves nobody */
    WEFT_HINT_INLINE = 2,  /* now, if already on this executor */
};

typedef struct weft_executor_ops {
    const char *name; /* "loop" */
    int (*submit)(weft_executor_t *executor, weft_runnable_t *runnable,
                  enum weft_hint hint);
} weft_executor_ops_t;

struct weft_executor {
    const weft_executor_ops_t *ops;
    weft_home_t *home; /* of the tasks spawned on it; NULL: runs none */
};

typedef void weft_kick_fn(void *ctx);

/* Where the entries for a waiter are pushed from anywhere: a home's own, or a
 * lane's. The stack and the announcement of sleep are one word, so there is no
 * window between looking and sleeping. */
struct weft_inbox {
    uintptr_t word;    /* atomic: NULL, a stack of entries, or asleep */
    weft_home_t *home; /* whose tasks are counted, whose timers are used */
};

/* Of a home in another: what lives here lives there too. */
typedef struct weft_inner {
    weft_home_t *home;
    void (*drained)(weft_home_t *home); /* nothing lives any more, nor will */
} weft_inner_t;

/* The one place where a waiter runs: a loop's, which many share, or what many
 * lanes have in common. */
struct weft_home {
    weft_inbox_t inbox;
    weft_kick_fn *kick; /* wakes the sleeper of the inbox; NULL: only
                             weft_port_wake */
    void *kick_ctx;
    uintptr_t live;     /* atomic: 2 for each live task or posted runnable,
                             1: stop was asked; less what `here` has */
    uintptr_t here;     /* of a home that one thread runs: 2 for each that it
                             has counted itself, less 2 for each that ended */
    weft_queue_t ready; /* entries in order, when scheduler is NULL */
    weft_scheduler_t *scheduler;
    weft_timer_queue_t *timers; /* NULL: tasks here cannot sleep */
    weft_scope_t *root;         /* lists the tasks spawned here, or NULL */
    weft_executor_t *executor;
    const weft_inner_t *inner; /* NULL: it is in no other */
    uint16_t spin; /* how long it looks before it sleeps, as it proved good */
    uint8_t spin_pause; /* so many short sleeps go by before the next try */
    uint8_t spin_left;  /* of that pause */
    uint8_t lanes;      /* each task here runs in a lane of its own */
    uint8_t alone;      /* one thread runs it, and counts in `here` */
    uint8_t sleepless;  /* nobody sleeps on the inbox's word: kick is all */
};

/* What a worker of a pool holds of its home's live count, so that who spawns
 * and who ends there need not change that word each time: references counted
 * in batches, by local credit. */
typedef struct weft_credit {
    weft_home_t *home;
    uintptr_t live; /* as home->live counts */
    bool pushed;    /* what is in its inbox may be the worker's own */
} weft_credit_t;

/* What keeps one task of a pool serial: an inbox of its own, which asks for a
 * worker when something comes. Behind the header of pool tasks and fibers. */
typedef struct weft_lane {
    weft_inbox_t inbox;
    weft_link_t link; /* in the pool's queue */
} weft_lane_t;
WEFT_SIZE_ASSERT(weft_lane_t, 12, 24);

/* A task that may run on a pool too: the member `task` of its frame. */
typedef struct weft_pool_task {
    weft_waiter_t waiter;
    weft_lane_t lane;
} weft_pool_task_t;

/* The same memory, seen as a task: to join it, cancel it and so on. */
static inline weft_task_t *weft_pool_task(weft_pool_task_t *task)
{
    return (weft_task_t *)(void *)task;
}

/* Runs runnable once. WEFT_ERR_STOPPED: the executor takes no more. */
int weft_submit(weft_executor_t *executor, weft_runnable_t *runnable,
                enum weft_hint hint);

/* Starts a task, made by its NAME_task() function, on executor; its first
 * poll comes from the executor, never from inside this call. A finished task
 * may be spawned again. WEFT_ERR_STOPPED: the executor takes no more;
 * WEFT_ERR_BUSY: the task is live; WEFT_ERR_CANCELLED: the loop's root scope
 * was. A task on an inline executor is an assertion. */
int weft_spawn(weft_executor_t *executor, weft_task_t *task);

/* The half of weft_switch_to, see weft/fiber.h: a task awaits it. */
int weft_switch_to_begin(weft_await_t *await, weft_executor_t *executor);

/* What an executor is at, for a watchdog. Two looks that are weft_look_same
 * have found it in one and the same run of a task, runnable or callback. */
typedef struct weft_look {
    const weft_waiter_t *waiter; /* who runs on its core or thread, an executor
                                    that has preempted it included; NULL: no
                                    task */
    uint32_t runs;               /* so many were begun, modulo 2^32 */
    bool busy;                   /* it has something to do */
} weft_look_t;

static inline bool weft_look_same(weft_look_t a, weft_look_t b)
{
    return a.busy && b.busy && a.runs == b.runs;
}

/* A handle through which other cores, threads and interrupts start tasks, in
 * a scope if it has one. Made by weft_scope_spawner or by hand. */
typedef struct weft_spawner {
    weft_executor_t *executor;
    weft_scope_t *scope; /* NULL: only counted by the executor */
} weft_spawner_t;

/* As weft_spawn or weft_scope_spawn_on. */
int weft_spawner_spawn(weft_spawner_t spawner, weft_task_t *task);

#ifdef __cplusplus
}
#endif

#endif
