/* machine.c - sim: runs virtual cores in one host thread, moves the clock
 * SPDX-License-Identifier: MIT
 *
 * Each core is a coroutine. The host's own stack runs a loop that resumes
 * whichever core is next; a core that switches says who and suspends. When no
 * core is ready the clock jumps to the earliest deadline.
 */
#include "ports/sim/machine.h"

#include <limits.h>
#include <string.h>

#include "weft/base/hooks.h"
#include "weft/error.h"

/* Enough for Lua's deepest C calls; committed as it is touched. */
#define STACK_SIZE ((size_t)1024 * 1024)

/* Stacks start at different places of a page, or they would all fight for the
   same few sets of the cache. */
#define STACK_COLOUR 320u

#define CORES_DEFAULT 4u
#define STEPS_DEFAULT (UINT64_C(1) << 32)

struct weft__sim weft__sim = {.countdown = 1,
                              .drawn = 1,
                              .current = &weft__sim.outside,
                              .outside = {.index = WEFT_SIM_CORES_MAX}};

/* Kept from run to run. */
static struct {
    void *base;
    size_t size;
} stacks[WEFT_SIM_CORES_MAX];

/* Each time that the current core goes on after others ran. */
static void gone_on(void)
{
    weft__sim_draw();
    (void)weft__sim_interrupts_take();
}

static void leave(void)
{
    weft_coroutine_suspend(&weft__sim.current->coroutine);
    gone_on();
}

static void core_enter(weft_coroutine_t *self, void *ctx)
{
    struct weft__sim_core *core = ctx;

    (void)self;
    gone_on();
    core->run(core->ctx);
    WEFT_ASSERT(core->masked == 0 && core->ceiling == 0,
                "a core returned with interrupts masked");
    weft__sim_note(WEFT__SIM_RETURN, core->index);
    core->state = WEFT__SIM_RETURNED;
    core->live = 0;
    weft__sim.live--;
    weft__sim.ready &= ~weft__sim_bit(core);
    (void)weft__sim_wake(&core->live);
}

/* Where a core's fair choices begin, by the seed: no draw from the generator,
 * so what a seed does elsewhere stays as it was. */
static uint32_t fair_choices(unsigned index)
{
    uint64_t state = weft__sim.seed ^ ((uint64_t)(index + 1) << 56);

    return (uint32_t)(weft__random_next(&state) >> 32) | 1u;
}

int weft__sim_core_start(struct weft__sim_core *core, weft_sim_fn *run,
                         void *ctx)
{
    unsigned index = core->index;

    if (stacks[index].base == NULL &&
        weft_port_stack_reserve(STACK_SIZE, &stacks[index].base,
                                &stacks[index].size) != 0) {
        return WEFT_ERR_MEMORY;
    }
    core->local = (weft_local_t){.random = fair_choices(core->index)};
    memset(core->room, 0, sizeof(core->room));
    core->run = run;
    core->ctx = ctx;
    core->live = 1;
    core->state = WEFT__SIM_LIVE;
    core->masked = 0;
    core->ceiling = 0;
    core->frame = NULL;
    weft_coroutine_init(&core->coroutine, stacks[index].base,
                        stacks[index].size - index * STACK_COLOUR, core_enter,
                        core);
    weft__sim.live++;
    weft__sim.ready |= weft__sim_bit(core);
    weft__explore_started(core);
    weft__sim_note(WEFT__SIM_START, index);
    return 0;
}

void weft__sim_block(const uintptr_t *word, uint64_t deadline_us)
{
    struct weft__sim_core *core = weft__sim.current;

    if (weft__sim_interrupts_take()) {
        return;
    }
    core->word = word;
    core->deadline_us = deadline_us;
    weft__sim.ready &= ~weft__sim_bit(core);
    weft__sim.lone_spins = 0;
    leave();
}

static bool blocked(const struct weft__sim_core *core)
{
    return core->state == WEFT__SIM_LIVE &&
           (weft__sim.ready & weft__sim_bit(core)) == 0;
}

unsigned weft__sim_wake(const uintptr_t *word)
{
    unsigned count = 0;

    for (unsigned i = 0; i < weft__sim.cores; i++) {
        struct weft__sim_core *core = &weft__sim.core[i];
        if (blocked(core) && core->word == word) {
            weft__sim.ready |= weft__sim_bit(core);
            weft__explore_ready(core);
            weft__sim_note(WEFT__SIM_WAKE, i);
            count++;
        }
    }
    return count;
}

void weft__sim_switch(struct weft__sim_core *core)
{
    weft__sim.next = core;
    leave();
}

void weft__sim_stop(int result, enum weft__sim_note why)
{
    weft__sim_note(why, 0);
    weft__sim.result = result;
    weft_coroutine_suspend(&weft__sim.current->coroutine);
    __builtin_unreachable();
}

/* The earliest moment at which somebody is due. */
uint64_t weft__sim_next_due_us(void)
{
    uint64_t due = weft__sim_interrupts_next_us();

    for (unsigned i = 0; i < weft__sim.cores; i++) {
        const struct weft__sim_core *core = &weft__sim.core[i];
        if (blocked(core) && core->deadline_us < due) {
            due = core->deadline_us;
        }
    }
    return due;
}

void weft__sim_time_set(uint64_t us)
{
    weft__sim.now_us = us;
    weft__sim_note(WEFT__SIM_TIME, us);
    weft__explore_time();
    weft__sim_interrupts_due();
    for (unsigned i = 0; i < weft__sim.cores; i++) {
        struct weft__sim_core *core = &weft__sim.core[i];
        if (blocked(core) && core->deadline_us <= us) {
            weft__sim.ready |= weft__sim_bit(core);
            weft__explore_ready(core);
        }
    }
}

/* An interrupt at random while all sleep, at some moment before the next
   thing is due; always one where nothing else is left to happen. */
static bool idle_interrupt(uint64_t due_us)
{
    if (weft__sim.exploring || !weft__sim_interrupt_possible() ||
        (due_us != UINT64_MAX && weft__sim_pick(2) != 0)) {
        return false;
    }
    if (due_us != UINT64_MAX && due_us > weft__sim.now_us) {
        weft__sim_time_set(weft__sim.now_us +
                           weft__sim_pick(due_us - weft__sim.now_us));
    }
    return weft__sim_interrupt_random(NULL);
}

bool weft__sim_idle(void)
{
    uint64_t due_us = weft__sim_next_due_us();

    if (idle_interrupt(due_us)) {
        return true;
    }
    if (due_us == UINT64_MAX) {
        return false;
    }
    weft__sim_time_set(due_us > weft__sim.now_us ? due_us : weft__sim.now_us);
    return true;
}

/* Who runs now: as decided by who ran last, else any that is ready. */
static struct weft__sim_core *take_next(void)
{
    struct weft__sim_core *core = weft__sim.next;

    weft__sim.next = NULL;
    weft__sim.current = &weft__sim.outside;
    if (weft__sim.exploring) {
        return core != NULL ? core : weft__explore_next();
    }
    if (core == NULL && (core = weft__sim_other()) != NULL) {
        weft__sim_note(WEFT__SIM_SWITCH, core->index);
    }
    return core;
}

static int run_cores(void)
{
    while (weft__sim.live != 0) {
        struct weft__sim_core *core = take_next();
        if (core != NULL) {
            weft__sim.stats.switches++;
            weft__sim.current = core;
            (void)weft_coroutine_resume(&core->coroutine);
        } else if (weft__sim.result == 0 && !weft__sim_idle()) {
            weft__sim_note(WEFT__SIM_DEADLOCK, 0);
            return weft__explore_stuck();
        }
        if (weft__sim.result != 0) {
            return weft__sim.result;
        }
    }
    return 0;
}

static uint32_t switch_rate(unsigned calm)
{
    if (calm == UINT_MAX) {
        return 0;
    }
    return weft__rate_one_in(calm != 0 ? calm : 2u << weft__sim_pick(6));
}

static void set_up(const weft_sim_config_t *config)
{
    struct weft__sim *sim = &weft__sim;

    sim->seed = config->seed;
    sim->random = config->seed;
    sim->cores = config->cores != 0 ? config->cores : CORES_DEFAULT;
    sim->now_us = config->start_us;
    sim->steps_max = config->steps_max != 0 ? config->steps_max : STEPS_DEFAULT;
    sim->drift = config->drift;
    sim->switch_rate = switch_rate(config->calm);
    sim->next = NULL;
    sim->ready = 0;
    sim->live = 0;
    sim->lone_spins = 0;
    sim->result = 0;
    sim->countdown = 0;
    sim->drawn = 0;
    sim->stats = (weft_sim_stats_t){0};
    for (unsigned i = 0; i < sim->cores; i++) {
        sim->core[i] = (struct weft__sim_core){.index = i};
    }
    weft__sim_trace_clear();
    sim->running = true;
}

/* Cores that have not returned are dropped where they stand. */
static void tear_down(uint64_t outside_us)
{
    struct weft__sim *sim = &weft__sim;

    sim->stats.points = weft__sim_points();
    weft__sim_interrupts_clear(); /* some may lie on the dropped stacks */
    for (unsigned i = 0; i < sim->cores; i++) {
        if (sim->core[i].state == WEFT__SIM_LIVE) {
            weft_coroutine_deinit(&sim->core[i].coroutine);
        }
    }
    sim->running = false;
    sim->current = &sim->outside;
    sim->ready = 0;
    sim->switch_rate = 0;
    sim->now_us = outside_us;
    sim->drawn = UINT64_MAX;
    sim->countdown = UINT64_MAX;
}

int weft_sim_run(const weft_sim_config_t *config, weft_sim_fn *program,
                 void *ctx)
{
    uint64_t outside_us = weft__sim.now_us;

    if (weft__sim.running) {
        return WEFT_ERR_BUSY;
    }
    if (config == NULL || program == NULL ||
        config->cores > WEFT_SIM_CORES_MAX) {
        return WEFT_ERR_INVALID;
    }
    set_up(config);
    int rc = weft__sim_core_start(&weft__sim.core[0], program, ctx);
    if (rc == 0) {
        rc = run_cores();
    }
    tear_down(outside_us);
    return rc;
}
