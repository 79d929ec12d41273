/* machine.h - sim: the simulated machine, as its parts see it
 * SPDX-License-Identifier: MIT
 *
 * machine.c runs the cores and moves the clock, points.c decides at scheduling
 * points, interrupt.c raises interrupts, port.c and levels.c are weft/port.h on
 * top of them, trace.c remembers. docs/internals/sim.md tells how it works.
 */
#ifndef WEFT_PORTS_SIM_MACHINE_H
#define WEFT_PORTS_SIM_MACHINE_H

#include "ports/sim/random.h"
#include "weft/coroutine.h"
#include "weft/base/hooks.h"
#include "weft/port.h"
#include "weft/sim.h"

/* A core, from its start to the join:
 *
 *     IDLE -1-> LIVE       1 weft__sim_core_start
 *     LIVE -2-> RETURNED   2 core_enter, when its function has returned
 *     RETURNED -3-> IDLE   3 weft_port_thread_join
 *
 * A live one is ready, or blocked until deadline_us or a wake of `word`. */
enum weft__sim_state { WEFT__SIM_IDLE, WEFT__SIM_LIVE, WEFT__SIM_RETURNED };

/* What interrupts this core, on the stack that it interrupted. */
struct weft__sim_frame {
    struct weft__sim_frame *outer;
    const weft_sim_interrupt_t *source;
    unsigned priority;
    bool level;
};

/* The priority of interrupts above all levels. */
enum { WEFT__SIM_ABOVE = WEFT_SIM_LEVELS + 1 };

struct weft__sim_core {
    weft_coroutine_t coroutine;
    weft_local_t local;
    _Alignas(16) unsigned char room[256]; /* itself as a waiter */
    weft_sim_fn *run;
    void *ctx;
    const uintptr_t *word; /* blocked on; NULL: on time alone */
    uint64_t deadline_us;
    uintptr_t live; /* 1 from start to return: joiners wait for its change */
    enum weft__sim_state state;
    unsigned index;
    unsigned masked;
    uint64_t masked_since; /* the point at which it was */
    unsigned pending;      /* how many of its interrupts are */
    uint32_t random_rate;  /* of its interrupts that come at random, summed */
    unsigned ceiling;      /* keeps out what is no higher */
    struct weft__sim_frame *frame; /* NULL: task level */
};

struct weft__sim {
    /* Points left until the next event, and of how many. First and together:
       weft_hook_point counts down and touches nothing else. */
    uint64_t countdown;
    uint64_t drawn;
    struct weft__sim_core *current; /* never NULL: `outside` while no run */
    struct weft__sim_core *next;    /* who runs next, if that is decided */
    uint64_t random;
    uint64_t now_us;
    uint64_t steps_max;
    uint32_t ready; /* a bit for each core that can run */
    uint32_t switch_rate;
    unsigned drift;
    unsigned cores;
    unsigned live;
    unsigned lone_spins; /* in a row, while nobody else could run */
    int result;          /* not 0: the run is to end with it */
    bool running;
    bool exploring; /* every choice is explore.c's */
    uint64_t seed;
    weft_sim_interrupt_t *interrupts;
    weft_sim_stats_t stats;
    struct weft__sim_core core[WEFT_SIM_CORES_MAX];
    struct weft__sim_core outside;
};

extern struct weft__sim weft__sim;

/* What is remembered and goes into the digest. */
enum weft__sim_note {
    WEFT__SIM_START,
    WEFT__SIM_RETURN,
    WEFT__SIM_SWITCH,
    WEFT__SIM_SPIN,
    WEFT__SIM_SLEEP,
    WEFT__SIM_EARLY,
    WEFT__SIM_WAKE,
    WEFT__SIM_TIME,
    WEFT__SIM_INTERRUPT,
    WEFT__SIM_CHOICE,
    WEFT__SIM_DEADLOCK,
    WEFT__SIM_LIVELOCK,
};

struct weft__access;

/* --- machine.c */

/* Makes core run run(ctx); it is ready. WEFT_ERR_MEMORY. */
int weft__sim_core_start(struct weft__sim_core *core, weft_sim_fn *run,
                         void *ctx);

/* Blocks the current core until deadline_us, a wake of word or an interrupt,
 * whatever is first; not at all where an interrupt is pending. */
void weft__sim_block(const uintptr_t *word, uint64_t deadline_us);

/* Makes those ready that are blocked on word; how many. */
unsigned weft__sim_wake(const uintptr_t *word);

/* Lets `core` run in place of the current one, which stays ready. */
void weft__sim_switch(struct weft__sim_core *core);

/* Ends the run with a result; does not return to the current core. */
void weft__sim_stop(int result, enum weft__sim_note why);

/* Moves the clock to the next thing that can happen. False: nothing can. */
bool weft__sim_idle(void);

/* The earliest moment at which somebody is due; UINT64_MAX: nobody. */
uint64_t weft__sim_next_due_us(void);

/* Moves the clock forward to `us`: who is due gets ready. */
void weft__sim_time_set(uint64_t us);

/* --- points.c */

/* Draws anew when the next event is; after anything that changes a rate, and
 * when another core runs. Allowed at any time: the gaps have no memory. */
void weft__sim_draw(void);

/* A ready core other than the current one, or NULL. */
struct weft__sim_core *weft__sim_other(void);

/* Points passed since the start. */
uint64_t weft__sim_points(void);

/* Raises *most to the number of points passed since that one. */
void weft__sim_most(uint64_t *most, uint64_t since);

/* The next event is only some points away. */
void weft__sim_soon(void);

/* A point before this access. */
void weft__sim_point(const struct weft__access *access);

/* --- interrupt.c */

/* Runs those of the current core's pending interrupts that it may now; true:
 * there was one. */
bool weft__sim_interrupts_take(void);

/* Makes an attached one pending. */
void weft__sim_interrupt_pend(weft_sim_interrupt_t *interrupt);

/* Makes pending what is due by the clock. */
void weft__sim_interrupts_due(void);

/* When the next one is due on a live core; UINT64_MAX: none. */
uint64_t weft__sim_interrupts_next_us(void);

/* Makes pending one of those that come at random to core; NULL: to any live
 * core that would take it. False: there is none. */
bool weft__sim_interrupt_random(const struct weft__sim_core *core);

/* Whether weft__sim_interrupt_random(NULL) would find one. */
bool weft__sim_interrupt_possible(void);

/* Forgets all sources. */
void weft__sim_interrupts_clear(void);

/* Random ones that could come to core now. */
unsigned weft__sim_interrupts_random(const struct weft__sim_core *core);

/* --- trace.c */

void weft__sim_note(enum weft__sim_note note, uint64_t what);
void weft__sim_trace_clear(void);

/* --- explore.c: instead of a generator, all choices one after the other */

/* Accesses that only the simulator makes, besides enum weft__operation. */
enum {
    WEFT__ACCESS_WRITE = 8, /* to any memory: it is taken as changed */
    WEFT__ACCESS_SLEEP,     /* a sleep while the word has the value */
    WEFT__ACCESS_WAKE,      /* of those who sleep on the word */
    WEFT__ACCESS_NONE,
};

struct weft__access {
    const void *at;
    size_t size;
    uintptr_t value;
    unsigned access;
};

/* Who goes on; the current core comes back when it is its turn. */
void weft__explore_point(const struct weft__access *access);
void weft__explore_spin(void);

/* Called from outside of the cores: who runs next. NULL: nobody is ready, or
 * the run is to end. */
struct weft__sim_core *weft__explore_next(void);

/* A choice that belongs to what the current core does. */
uint64_t weft__explore_choose(uint64_t n);

/* What orders cores besides their accesses. */
void weft__explore_started(const struct weft__sim_core *core);
void weft__explore_ready(const struct weft__sim_core *core);
void weft__explore_joined(const struct weft__sim_core *core);
void weft__explore_time(void);

/* Nobody can go on: why. */
int weft__explore_stuck(void);

/* What replays the running schedule. */
void weft__explore_print(FILE *out);

static inline uint32_t weft__sim_bit(const struct weft__sim_core *core)
{
    return UINT32_C(1) << core->index;
}

/* The priority of what runs there; 0: task level. */
static inline unsigned weft__sim_priority(const struct weft__sim_core *core)
{
    return core->frame == NULL ? 0 : core->frame->priority;
}

/* Whether core would take an interrupt of this priority at once. */
static inline bool weft__sim_takes(const struct weft__sim_core *core,
                                   unsigned priority)
{
    return core->masked == 0 && priority > core->ceiling &&
           priority > weft__sim_priority(core);
}

static inline bool weft__sim_open(const struct weft__sim_core *core)
{
    return weft__sim_takes(core, WEFT__SIM_ABOVE);
}

/* A choice among n that is part of the schedule: none where n is 1. */
static inline uint64_t weft__sim_pick(uint64_t n)
{
    if (n <= 1) {
        return 0;
    }
    return weft__sim.exploring ? weft__explore_choose(n)
                               : weft__random_below(&weft__sim.random, n);
}

#endif
