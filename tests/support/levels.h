/* levels.h - executors of interrupt priorities, beside a loop, for tests
 * SPDX-License-Identifier: MIT
 *
 * A case that needs interrupt levels is not there on a host, and a skip where
 * a port has too few.
 *
 *     CASE_LEVELS(tasks_run, 2)
 *     {
 *         struct bench *bench = bench_start(2);
 *         weft_spawn(bench_executor(bench, 2), looker_task(&looker));
 *         CHECK_EQ(bench_join(bench, &looker.task), 5);
 *         bench_stop(bench);
 *     }
 */
#ifndef WEFT_TEST_LEVELS_H
#define WEFT_TEST_LEVELS_H

#include "tests/support/cores.h"
#include "tests/support/frames.h"
#include "weft/isr.h"

#if WEFT_INTERRUPTS
#define CASE_LEVELS(name, count)                                               \
    static void levels__##name(void);                                          \
    CASE(name)                                                                 \
    {                                                                          \
        if (weft_port_levels() < (count)) {                                    \
            SKIP("this port has fewer than " #count " interrupt levels");      \
        }                                                                      \
        levels__##name();                                                      \
    }                                                                          \
    static void levels__##name(void)
#else
#define CASE_LEVELS(name, count) TEST__NO_CASE(name)
#endif

enum { BENCH_LEVELS = 3 };

/* A loop at task level, 0, and executors of the priorities 1 to levels. */
struct bench {
    weft_loop_t loop;
    weft_isr_t isr[BENCH_LEVELS];
    weft_event_t stopped[BENCH_LEVELS];
    unsigned levels;
};

static inline void bench__stopped(void *ctx)
{
    weft_event_set((weft_event_t *)ctx);
}

/* The one bench there is: a loop may be too large for a small stack. */
static inline struct bench *bench_start(unsigned levels)
{
    static struct bench bench;
    unsigned i;

    bench.levels = levels;
    weft_loop_init(&bench.loop, NULL);
    for (i = 0; i < levels; i++) {
        weft_isr_config_t config = {
            .priority = i + 1,
            .stopped = bench__stopped,
            .stopped_ctx = &bench.stopped[i],
        };
        weft_event_init(&bench.stopped[i], false);
        CHECK_EQ(weft_isr_init(&bench.isr[i], &config), 0);
    }
    return &bench;
}

static inline weft_executor_t *bench_executor(struct bench *bench,
                                              unsigned level)
{
    return level == 0 ? &bench->loop.executor : &bench->isr[level - 1].executor;
}

/* Runs the loop until the task has ended, wherever that runs; its result. */
static inline int bench_join(struct bench *bench, weft_task_t *task)
{
    struct joiner joiner = {.other = task};

    return weft_loop_run_task(&bench->loop, joiner_task(&joiner));
}

/* Runs the loop until the event is set. */
static inline void bench_wait(struct bench *bench, weft_event_t *event)
{
    struct waiter waiter = {.event = event};

    CHECK_EQ(weft_loop_run_task(&bench->loop, waiter_task(&waiter)), 0);
}

/* Runs the loop for so long. */
static inline void bench_pause(struct bench *bench, uint64_t us)
{
    struct sleeper sleeper = {.deadline_us = weft_deadline(us)};

    CHECK_EQ(weft_loop_run_task(&bench->loop, sleeper_task(&sleeper)), 7);
}

static inline void bench_stop(struct bench *bench)
{
    unsigned i;

    for (i = bench->levels; i-- > 0;) {
        weft_isr_stop(&bench->isr[i]);
        bench_wait(bench, &bench->stopped[i]);
        CHECK(weft_isr_stopped(&bench->isr[i]));
        weft_isr_deinit(&bench->isr[i]);
    }
    weft_loop_deinit(&bench->loop);
}

/* Until what an interrupt of this core changes is no longer 0. */
static inline void spin_until_set(const uint8_t *flag)
{
    while (weft_atomic_load_acquire_u8(flag) == 0) {
        weft_hook_spin();
    }
}

/* What has happened, in order. Only the core of the bench writes here. */
struct diary {
    char text[64];
    uint8_t next;
};

static inline void note(struct diary *diary, char what)
{
    CHECK(diary->next < sizeof(diary->text) - 1);
    diary->text[diary->next++] = what;
}

#endif
