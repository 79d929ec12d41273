/* points.c - sim: what happens at scheduling points, spins and masks
 * SPDX-License-Identifier: MIT
 *
 * Two things may happen at a point: another core runs, or an interrupt comes
 * at random. Instead of asking the generator at each point, the number of
 * points until the next of either is drawn (a geometric gap of the summed
 * rates), and the point only counts down. Which of them it is, is drawn then.
 */
#include <limits.h>

#include "ports/sim/machine.h"
#include "weft/base/hooks.h"
#include "weft/error.h"

/* Nothing is to happen; still points and steps_max are looked at then. */
#define GAP_MAX (UINT64_C(1) << 20)

/* A core that spins alone: after so many rounds it does not spin for a moment
   only, before it sleeps, and the clock moves on; */
#define LONE_SPINS_PATIENT 1024u
/* and after so many in which the clock could not move it spins for ever. */
#define LONE_SPINS_MAX (1u << 20)

uint64_t weft__sim_points(void)
{
    return weft__sim.stats.points + weft__sim.drawn - weft__sim.countdown;
}

void weft__sim_most(uint64_t *most, uint64_t since)
{
    uint64_t points = weft__sim_points() - since;

    *most = points > *most ? points : *most;
}

void weft__sim_draw(void)
{
    struct weft__sim *sim = &weft__sim;
    uint32_t rate = sim->switch_rate + sim->current->random_rate;
    uint64_t gap = GAP_MAX;

    sim->stats.points = weft__sim_points();
    if (sim->exploring && sim->running) {
        gap = 1;
    } else if (rate != 0) {
        gap = weft__random_gap(&sim->random, rate);
    }
    if (sim->running && gap > sim->steps_max - sim->stats.points) {
        gap = sim->steps_max - sim->stats.points;
    }
    sim->drawn = gap;
    sim->countdown = gap;
}

void weft__sim_soon(void)
{
    struct weft__sim *sim = &weft__sim;
    uint64_t gap = 1 + weft__sim_pick(8);

    if (gap < sim->countdown) {
        sim->stats.points = weft__sim_points();
        sim->drawn = gap;
        sim->countdown = gap;
    }
}

struct weft__sim_core *weft__sim_other(void)
{
    uint32_t others = weft__sim.ready & ~weft__sim_bit(weft__sim.current);

    if (others == 0) {
        return NULL;
    }
    uint64_t skip = weft__sim_pick((uint64_t)__builtin_popcount(others));
    while (skip-- > 0) {
        others &= others - 1;
    }
    return &weft__sim.core[__builtin_ctz(others)];
}

static void switch_core(enum weft__sim_note why)
{
    struct weft__sim_core *other = weft__sim_other();

    if (other != NULL) {
        weft__sim.lone_spins = 0;
        weft__sim_note(why, other->index);
        weft__sim_switch(other);
    }
}

/* Whether the event at hand is an interrupt rather than a switch. */
static bool is_interrupt(void)
{
    uint32_t random_rate = weft__sim.current->random_rate;

    return random_rate != 0 &&
           weft__sim_pick(random_rate + weft__sim.switch_rate) < random_rate;
}

static void happen(void)
{
    bool interrupt = is_interrupt();

    if (interrupt) {
        (void)weft__sim_interrupt_random(weft__sim.current);
    }
    weft__sim_draw();
    if (!weft__sim_interrupts_take() && !interrupt &&
        weft__sim.switch_rate != 0) {
        switch_core(WEFT__SIM_SWITCH);
    }
}

static void __attribute__((noinline)) event(const struct weft__access *access)
{
    if (!weft__sim.running) {
        weft__sim_draw();
        return;
    }
    if (weft__sim_points() >= weft__sim.steps_max) {
        weft__sim_stop(WEFT_ERR_TIMEOUT, WEFT__SIM_LIVELOCK);
    }
    if (weft__sim.exploring) {
        weft__sim_draw();
        weft__explore_point(access);
    } else {
        happen();
    }
}

static void __attribute__((noinline))
event_at(const void *at, unsigned size, unsigned access, uintptr_t value)
{
    event(&(struct weft__access){at, size, value, access});
}

void weft__sim_point(const struct weft__access *access)
{
    if (--weft__sim.countdown == 0) {
        event(access);
    }
}

void weft_hook_access(const void *at, unsigned size, unsigned access,
                      uintptr_t value)
{
    if (--weft__sim.countdown == 0) {
        event_at(at, size, access, value);
    }
}

/* What comes after it may touch anything. */
void weft_hook_point(void)
{
    if (--weft__sim.countdown == 0) {
        event_at(NULL, UINT_MAX, WEFT__ACCESS_WRITE, 0);
    }
}

/* value: 1 where an interrupt has its last chance for now. */
static void local_point(uintptr_t value)
{
    if (--weft__sim.countdown == 0) {
        event_at(NULL, 0, WEFT__ACCESS_NONE, value);
    }
}

/* Nobody else can run. On a real machine time goes by, and a timer or an
   interrupt may end the wait. */
static void spin_alone(void)
{
    struct weft__sim *sim = &weft__sim;

    if (++sim->lone_spins % LONE_SPINS_PATIENT != 0) {
        return;
    }
    if (sim->running && weft__sim_idle()) {
        sim->lone_spins = 0;
        (void)weft__sim_interrupts_take();
    } else if (sim->lone_spins >= LONE_SPINS_MAX) {
        WEFT_ASSERT(sim->running, "spins for ever outside of a simulation");
        weft__sim_stop(WEFT_ERR_TIMEOUT, WEFT__SIM_LIVELOCK);
    }
}

void weft_hook_spin(void)
{
    local_point(0);
    if (weft__sim.exploring && weft__sim.running) {
        weft__explore_spin();
    } else if ((weft__sim.ready & ~weft__sim_bit(weft__sim.current)) != 0) {
        switch_core(WEFT__SIM_SPIN);
    } else {
        spin_alone();
    }
}

void weft_port_pause(void)
{
    weft_hook_spin();
}

unsigned weft_hook_mask(void)
{
    if (weft__sim.current->masked == 0) {
        local_point(1);
    }
    unsigned key = weft__sim.current->masked;
    weft__sim.current->masked = 1;
    if (key == 0) {
        weft__sim.current->masked_since = weft__sim_points();
    }
    return key;
}

void weft_hook_unmask(unsigned key)
{
    weft__sim.current->masked = key;
    if (key == 0) {
        weft__sim_most(&weft__sim.stats.masked_most,
                       weft__sim.current->masked_since);
        (void)weft__sim_interrupts_take();
        local_point(1);
    }
}
