/* sim.h - run a program on virtual cores in virtual time, replayed by a seed
 * SPDX-License-Identifier: MIT
 *
 * Linked with libweft_sim.a a program runs in one host thread: its cores are
 * coroutines, its clock stands still while anything can run and jumps to the
 * next deadline when nothing can, and every choice that no page promises
 * (which core steps next, when an interrupt comes, whether a fault is
 * injected) is drawn from one generator. The same seed gives the same run.
 *
 * Example:
 *
 *     static void program(void *ctx) { blink(ctx); }
 *     ...
 *     weft_sim_config_t config = { .seed = 7 };
 *     int rc = weft_sim_run(&config, program, NULL);
 *
 * Context: weft_sim_run from outside any simulation; all else from inside
 * one, on any virtual core; interrupts too where it says so.
 * Memory: cores' stacks are mapped once and kept for the next run.
 */
#ifndef WEFT_SIM_H
#define WEFT_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WEFT_SIM_CORES_MAX 8
#define WEFT_SIM_LEVELS 4 /* interrupt levels of each core */
#define WEFT_SIM_IRQS 8   /* of each core, for weft_port_irq_setup */

typedef struct weft_sim_config {
    uint64_t seed;      /* every choice comes from it */
    unsigned cores;     /* how many there are, 1 to 8; 0: 4 */
    uint64_t start_us;  /* the clock at the start */
    unsigned calm;      /* one in so many points switches core; 0: drawn from
                         * the seed, 2 to 64; UINT_MAX: only where it must */
    uint64_t steps_max; /* points before it is called a livelock; 0: 2^32 */
    unsigned drift;     /* one in so many looks at the clock moves it by 1 us;
                         * 0: it moves only when nothing else can happen */
} weft_sim_config_t;

typedef void weft_sim_fn(void *ctx);

/* Runs program(ctx) on virtual core 0 until it and all cores that it started
 * have returned. 0; WEFT_ERR_DEADLOCK: every core sleeps for ever;
 * WEFT_ERR_TIMEOUT: steps_max; WEFT_ERR_MEMORY; WEFT_ERR_BUSY: called from
 * inside a simulation; WEFT_ERR_INVALID. */
int weft_sim_run(const weft_sim_config_t *config, weft_sim_fn *program,
                 void *ctx);

/* How to try all schedules of a small program. */
typedef struct weft_sim_explore_config {
    unsigned cores;     /* how many there are, 1 to 8; 0: 4 */
    uint64_t start_us;  /* the clock at the start */
    uint64_t steps_max; /* points before it is called a livelock; 0: 20 000 */
    uint64_t runs_max;  /* of the program; 0: as many as it takes */
    unsigned preemptions_max; /* 0: any number, and of schedules that differ
                               * in the order of independent steps only one;
                               * n: all schedules with 0, then 1 .. n */
    const char *schedule;     /* repeats this one only; NULL: all */
} weft_sim_explore_config_t;

typedef struct weft_sim_explored {
    uint64_t schedules; /* run to their end, of the last bound searched whole */
    uint64_t cut;       /* given up: the same as others from there on */
    bool complete;      /* there is no other schedule */
    int preemptions;    /* the bound up to which all were tried; -1: none was */
    unsigned deepest;   /* most choices in one schedule */
    unsigned cores;     /* as many were used */
} weft_sim_explored_t;

/* Runs program(ctx) as weft_sim_run does, again and again, until each choice
 * has been made in each way: which core goes on before each atomic operation,
 * sleep and wake, each weft_sim_choose, each interrupt at random. The program
 * must do the same whenever the choices are the same, and what cores share
 * must be atomic, or handed over by what is. A loop that spins only looks, at
 * two words at most. Cores run on only when time would have to pass; sleeps do
 * not end early.
 *
 * 0: no schedule failed, out->complete says whether these were all. Else what
 * weft_sim_run gave for the one that failed; weft_sim_schedule names it. A
 * failed assertion prints it. */
int weft_sim_explore(const weft_sim_explore_config_t *config,
                     weft_sim_fn *program, void *ctx, weft_sim_explored_t *out);

/* The choices of the running, or last, schedule of weft_sim_explore, as text
 * for config.schedule: "12:1,30:0" where they are not the usual ones, "-" where
 * all are. The length it has or would have, as snprintf does. */
size_t weft_sim_schedule(char *text, size_t size);

/* Says that nobody may touch this memory any more, until the next schedule:
 * for weft_sim_explore a change of each byte of it. Whoever makes an atomic
 * access to it afterwards is an assertion. Elsewhere it does nothing. */
void weft_sim_gone(const void *memory, size_t size);

/* Whether the caller is inside weft_sim_run, its seed (0 outside). */
bool weft_sim_running(void);
uint64_t weft_sim_seed(void);

/* A number from 0 to n - 1 from the seed; n > 0. */
uint64_t weft_sim_choose(uint64_t n);

/* True once in about one_in calls: asked by whatever can fail (an allocation,
 * a device). 0: never. */
bool weft_sim_fail(unsigned one_in);

/* An interrupt source of one core. handler(ctx) runs on that core between
 * any two of its steps while interrupts are not masked, nothing of its priority
 * or above runs there, and no ceiling keeps it out; weft_port_in_interrupt() is
 * true in it. The struct is kept until it was removed or the simulation ended:
 * remove one that lies in a function's frame before that returns. */
typedef struct weft_sim_interrupt {
    weft_sim_fn *handler;
    void *ctx;
    unsigned core;
    unsigned times;    /* how often yet at random moments; 0: not at random */
    unsigned one_in;   /* chance at each point: 1 in one_in; 0: 1 in 16 */
    uint64_t at_us;    /* and once at this time; it becomes 0 then, and the
                      * handler may set the next; 0, UINT64_MAX: not by time */
    unsigned priority; /* 1 to WEFT_SIM_LEVELS; 0: above all of them */
    /* private */
    struct weft_sim_interrupt *next;
    bool attached;
    bool pending;
    bool level; /* of an executor, whose tasks are in no interrupt */
} weft_sim_interrupt_t;

/* Attached until removed or the simulation ends. Remove waits for a handler
 * that runs on another core; from inside the handler it does not wait. One
 * that is not attached may be removed. */
void weft_sim_interrupt_attach(weft_sim_interrupt_t *interrupt);
void weft_sim_interrupt_remove(weft_sim_interrupt_t *interrupt);

/* Makes it pending now, from anywhere; it is taken as soon as it may. */
void weft_sim_interrupt_raise(weft_sim_interrupt_t *interrupt);

/* Raises the interrupt that weft_port_irq_setup has set up; one that is not set
 * up is lost. From anywhere. */
void weft_sim_irq_raise(unsigned core, unsigned irq);

/* Spends us microseconds of virtual time on the calling core, busy. */
void weft_sim_spend(uint64_t us);

/* Blocks the calling virtual core (its loop stands still) until that time. */
void weft_sim_sleep_until(uint64_t deadline_us);

/* Counts of the running or last simulation; digest names the schedule: equal
 * digests mean the same choices were made. */
typedef struct weft_sim_stats {
    uint64_t points;     /* scheduling points passed */
    uint64_t switches;   /* core switches */
    uint64_t interrupts; /* taken */
    uint64_t sleeps;     /* times that a core slept */
    uint64_t wakes;      /* weft_port_wake calls that ended a sleep */
    /* Most points, of all cores, passed while one had its interrupts masked,
     * and while one was in an interrupt. */
    uint64_t masked_most;
    uint64_t handler_most;
    uint64_t digest;
} weft_sim_stats_t;

weft_sim_stats_t weft_sim_stats(void);

/* Writes the last choices (core, interrupt, time), newest last, one line
 * each. A failing test prints it beside the seed. */
void weft_sim_trace_print(FILE *out);

#ifdef __cplusplus
}
#endif

#endif
