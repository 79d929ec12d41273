/* port.c - sim: weft/port.h and the time of weft/sim.h on the machine
 * SPDX-License-Identifier: MIT
 *
 * Outside of weft_sim_run there is one core that always runs and a clock that
 * moves only when it sleeps, so that a program needs no machine to start up.
 */
#include "weft/port.h"

#include <limits.h>

#include "ports/sim/machine.h"
#include "weft/base/atomic.h"
#include "weft/base/hooks.h"
#include "weft/error.h"

/* One sleep in so many returns at once, as the contract allows. */
enum { EARLY_ONE_IN = 16 };

static bool is_calm(void)
{
    return weft__sim.switch_rate == 0;
}

const uint32_t weft_port_clock_step_us = 0;

uint64_t weft_port_now_us(void)
{
    struct weft__sim *sim = &weft__sim;

    if (sim->running && sim->drift != 0 && weft__sim_pick(sim->drift) == 0) {
        weft__sim_time_set(sim->now_us + (sim->now_us < UINT64_MAX - 1));
    }
    return sim->now_us;
}

static void sleep_outside(uint64_t deadline_us)
{
    WEFT_ASSERT(deadline_us != UINT64_MAX,
                "sleeps for ever outside of a simulation");
    weft__sim.now_us = deadline_us;
}

void weft_port_sleep(const uintptr_t *word, uintptr_t asleep,
                     uint64_t deadline_us)
{
    struct weft__sim *sim = &weft__sim;

    WEFT_ASSERT(sim->current->frame == NULL, "sleep in an interrupt");
    WEFT_ASSERT(sim->current->masked == 0 && sim->current->ceiling == 0,
                "sleep with interrupts masked");
    weft__sim_point(&(struct weft__access){word, sizeof(*word), asleep,
                                           WEFT__ACCESS_SLEEP});
    if (*word != asleep || deadline_us <= sim->now_us) {
        return;
    }
    if (!sim->running) {
        sleep_outside(deadline_us);
        return;
    }
    if (!is_calm() && weft__sim_pick(EARLY_ONE_IN) == 0) {
        weft__sim_note(WEFT__SIM_EARLY, sim->current->index);
        return;
    }
    sim->stats.sleeps++;
    weft__sim_note(WEFT__SIM_SLEEP, sim->current->index);
    weft__sim_block(word, deadline_us);
}

void weft_port_wake(const uintptr_t *word)
{
    weft__sim_point(
        &(struct weft__access){word, sizeof(*word), 0, WEFT__ACCESS_WAKE});
    weft__sim.stats.wakes += weft__sim_wake(word);
    /* Who was woken may run, and end, before the caller goes on. */
    weft__sim_point(&(struct weft__access){NULL, 0, 0, WEFT__ACCESS_NONE});
}

weft_local_t *weft_port_local(void)
{
    return &weft__sim.current->local;
}

void *weft_port_thread_room(size_t size)
{
    struct weft__sim_core *core = weft__sim.current;

    return size <= sizeof(core->room) ? core->room : NULL;
}

bool weft_port_in_interrupt(void)
{
    const struct weft__sim_frame *frame = weft__sim.current->frame;

    return frame != NULL && !frame->level;
}

unsigned weft_port_core(void)
{
    return weft__sim.running ? weft__sim.current->index : 0;
}

unsigned weft_port_core_count(void)
{
    return weft__sim.running ? weft__sim.cores : 1;
}

static struct weft__sim_core *idle_core(void)
{
    for (unsigned i = 0; weft__sim.running && i < weft__sim.cores; i++) {
        if (weft__sim.core[i].state == WEFT__SIM_IDLE) {
            return &weft__sim.core[i];
        }
    }
    return NULL;
}

int weft_port_thread_start(weft_port_thread_t *thread, weft_port_thread_fn *run,
                           void *ctx)
{
    struct weft__sim_core *core;

    /* Which core it gets depends on who else starts one. */
    weft__sim_point(
        &(struct weft__access){&weft__sim.live, 1, 0, WEFT__ACCESS_WRITE});
    core = idle_core();
    if (core == NULL) {
        return WEFT_ERR_UNSUPPORTED;
    }
    thread->run = run;
    thread->ctx = ctx;
    thread->handle[0] = core->index;
    int rc = weft__sim_core_start(core, run, ctx);
    weft__sim_point(&(struct weft__access){NULL, 0, 0, WEFT__ACCESS_NONE});
    return rc;
}

void weft_port_thread_join(weft_port_thread_t *thread)
{
    struct weft__sim_core *core = &weft__sim.core[thread->handle[0]];

    WEFT_ASSERT(!weft_port_in_interrupt(), "join in an interrupt");
    WEFT_ASSERT(core->state != WEFT__SIM_IDLE,
                "join of a thread that is not there");
    weft__sim_point(&(struct weft__access){NULL, 0, 0, WEFT__ACCESS_NONE});
    while (core->live != 0) {
        weft__sim_block(&core->live, UINT64_MAX);
    }
    weft__explore_joined(core);
    core->state = WEFT__SIM_IDLE;
}

static void stay_until(uint64_t deadline_us)
{
    if (!weft__sim.running && weft__sim.now_us < deadline_us) {
        sleep_outside(deadline_us);
    }
    while (weft__sim.now_us < deadline_us) {
        weft__sim_block(NULL, deadline_us);
    }
}

void weft_sim_sleep_until(uint64_t deadline_us)
{
    WEFT_ASSERT(!weft_port_in_interrupt(), "sleep in an interrupt");
    weft__sim_point(&(struct weft__access){NULL, 0, 0, WEFT__ACCESS_NONE});
    stay_until(deadline_us);
}

void weft_sim_spend(uint64_t us)
{
    uint64_t now = weft__sim.now_us;

    weft__sim_point(&(struct weft__access){NULL, 0, 0, WEFT__ACCESS_NONE});
    stay_until(us < UINT64_MAX - now ? now + us : UINT64_MAX - 1);
}
