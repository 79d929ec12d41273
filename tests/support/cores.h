/* cores.h - loops on cores of their own, frames that are gone, times that meet
 * SPDX-License-Identifier: MIT
 *
 * For tests of what two cores do to each other. A "core" is a thread of the
 * real port or a virtual core of the simulator, with a loop that runs until
 * core_stop.
 *
 *     struct core core;
 *     core_start(&core);
 *     weft_spawn(&core.loop.executor, waiter_task(waiter));
 *     ...
 *     core_stop(&core);
 */
#ifndef WEFT_TEST_CORES_H
#define WEFT_TEST_CORES_H

#include <stdlib.h>
#include <string.h>

#include "tests/support/scale.h"
#include "tests/support/test.h"
#include "weft/base/atomic.h"
#include "weft/port.h"
#include "weft/weft.h"

#if TEST_IN_SIM
#include "weft/sim.h"
#else
#include "tests/support/threads.h"
#endif

/* For tests/stress: WEFT_ROUNDS in the environment, or so many. */
static inline int race_rounds(int otherwise)
{
    const char *rounds = getenv("WEFT_ROUNDS");

    return rounds == NULL ? otherwise : (int)strtol(rounds, NULL, 10);
}

struct core {
    weft_loop_t loop;
    weft_port_thread_t thread;
};

static inline void core__run(void *ctx)
{
    struct core *core = (struct core *)ctx;

    CHECK_EQ(weft_loop_run(&core->loop), 0);
    weft_loop_deinit(&core->loop);
}

static inline void core_start(struct core *core)
{
    weft_loop_init(&core->loop, NULL);
    core->thread = (weft_port_thread_t){.run = NULL};
    CHECK_STARTED(weft_port_thread_start(&core->thread, core__run, core));
}

static inline void core_stop(struct core *core)
{
    weft_loop_stop(&core->loop);
    weft_port_thread_join(&core->thread);
}

/* A function on a core of its own, such as somebody who sets an event. It
 * gives no hints. */
static inline void thread_start(weft_port_thread_t *thread,
                                weft_port_thread_fn *run, void *ctx)
{
    *thread = (weft_port_thread_t){.run = NULL};
    CHECK_STARTED(weft_port_thread_start(thread, run, ctx));
}

/* Memory that a sanitizer, or the poison, gives away when it is used late. */
static inline void *frame_new(size_t size)
{
    void *frame = calloc(1, size);

    CHECK(frame != NULL);
    return frame;
}

static inline void frame_drop(void *frame, size_t size)
{
    memset(frame, 0xdb, size);
    free(frame);
}

/* Returns at that time or just after: those who wait for one time on several
 * cores, and timers of that time, then race. */
static inline void stand_until(uint64_t time_us)
{
#if TEST_IN_SIM
    weft_sim_sleep_until(time_us);
#else
    while (weft_now_us() < time_us) {}
#endif
}

/* Below n: any of them in the simulator, by its seed, and on a board; 0 on a
 * host. */
static inline uint64_t some(uint64_t n)
{
#if TEST_IN_SIM
    return weft_sim_choose(n);
#elif TEST_ON_BOARD
    static uint32_t seed = 2463534242u;
    uint32_t next = seed;

    next ^= next << 13;
    next ^= next >> 17;
    next ^= next << 5;
    seed = next;
    return next % n;
#else
    return n * 0;
#endif
}

/* Waits for another core, spinning. */
static inline void spin_until_finished(const weft_task_t *task)
{
    while (!weft_task_finished(task)) {
        weft_hook_spin();
    }
}

#endif
