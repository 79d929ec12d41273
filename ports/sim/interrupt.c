/* interrupt.c - sim: interrupt sources, when they come, who takes them
 * SPDX-License-Identifier: MIT
 *
 * A source becomes pending at random (points.c asks), by time, or raised. Its
 * core takes it as soon as it runs with interrupts open: at once, at the next
 * unmask, when it is switched to, or woken from its sleep.
 */
#include <string.h>

#include "ports/sim/machine.h"
#include "weft/base/hooks.h"

static struct weft__sim_core *core_of(const weft_sim_interrupt_t *interrupt)
{
    return &weft__sim.core[interrupt->core];
}

static bool by_time(const weft_sim_interrupt_t *interrupt)
{
    return interrupt->at_us != 0 && interrupt->at_us != UINT64_MAX;
}

static uint32_t random_rate(const weft_sim_interrupt_t *interrupt)
{
    if (interrupt->times == 0) {
        return 0;
    }
    return weft__rate_one_in(interrupt->one_in != 0 ? interrupt->one_in : 16);
}

/* A core that sleeps open wakes for it. */
static void pend(weft_sim_interrupt_t *interrupt)
{
    struct weft__sim_core *core = core_of(interrupt);

    if (interrupt->pending) {
        return;
    }
    interrupt->pending = true;
    core->pending++;
    if (core->state == WEFT__SIM_LIVE && weft__sim_open(core) &&
        (weft__sim.ready & weft__sim_bit(core)) == 0) {
        weft__sim.ready |= weft__sim_bit(core);
        weft__explore_ready(core);
    }
}

static void pend_random(weft_sim_interrupt_t *interrupt)
{
    uint32_t before = random_rate(interrupt);

    interrupt->times--;
    core_of(interrupt)->random_rate += random_rate(interrupt) - before;
    pend(interrupt);
}

static void pend_if_due(weft_sim_interrupt_t *interrupt)
{
    if (by_time(interrupt) && interrupt->at_us <= weft__sim.now_us) {
        interrupt->at_us = 0;
        pend(interrupt);
    }
}

void weft__sim_interrupts_due(void)
{
    weft_sim_interrupt_t *at = weft__sim.interrupts;

    for (; at != NULL; at = at->next) {
        pend_if_due(at);
    }
}

uint64_t weft__sim_interrupts_next_us(void)
{
    const weft_sim_interrupt_t *at = weft__sim.interrupts;
    uint64_t due = UINT64_MAX;

    for (; at != NULL; at = at->next) {
        if (by_time(at) && at->at_us < due &&
            core_of(at)->state == WEFT__SIM_LIVE) {
            due = at->at_us;
        }
    }
    return due;
}

static bool comes_at_random(const weft_sim_interrupt_t *interrupt,
                            const struct weft__sim_core *core)
{
    const struct weft__sim_core *own = core_of(interrupt);

    if (interrupt->times == 0 || interrupt->pending) {
        return false;
    }
    return core != NULL ? own == core
                        : own->state == WEFT__SIM_LIVE && weft__sim_open(own);
}

static unsigned count_random(const struct weft__sim_core *core)
{
    const weft_sim_interrupt_t *at = weft__sim.interrupts;
    unsigned count = 0;

    for (; at != NULL; at = at->next) {
        count += comes_at_random(at, core);
    }
    return count;
}

unsigned weft__sim_interrupts_random(const struct weft__sim_core *core)
{
    return weft__sim.interrupts == NULL ? 0 : count_random(core);
}

bool weft__sim_interrupt_possible(void)
{
    return weft__sim.interrupts != NULL && count_random(NULL) != 0;
}

bool weft__sim_interrupt_random(const struct weft__sim_core *core)
{
    weft_sim_interrupt_t *at = weft__sim.interrupts;
    unsigned count = count_random(core);

    if (count == 0) {
        return false;
    }
    uint64_t skip = weft__sim_pick(count);
    while (!comes_at_random(at, core) || skip-- != 0) {
        at = at->next;
    }
    pend_random(at);
    return true;
}

/* Any of those that are pending on core: no order is promised. */
static weft_sim_interrupt_t *take_one(struct weft__sim_core *core)
{
    weft_sim_interrupt_t *at = weft__sim.interrupts;
    uint64_t skip = weft__sim_pick(core->pending);

    while (!at->pending || core_of(at) != core || skip-- != 0) {
        at = at->next;
    }
    at->pending = false;
    core->pending--;
    return at;
}

/* The handler may remove its source: it is not touched afterwards. */
static void handle(struct weft__sim_core *core,
                   const weft_sim_interrupt_t *interrupt)
{
    uint64_t since = weft__sim_points();
    weft_local_t local;

    memcpy(&local, &core->local, sizeof(local));
    weft__sim_note(WEFT__SIM_INTERRUPT, core->index);
    weft__sim.stats.interrupts++;
    core->handling = interrupt;
    interrupt->handler(interrupt->ctx);
    core->handling = NULL;
    weft__sim_most(&weft__sim.stats.handler_most, since);
    WEFT_ASSERT(core->masked == 0, "a handler left interrupts masked");
    WEFT_ASSERT(memcmp(&local, &core->local, sizeof(local)) == 0,
                "an interrupt changed its core's local record");
}

void weft__sim_interrupts_take(void)
{
    struct weft__sim_core *core = weft__sim.current;

    while (core->pending != 0 && weft__sim_open(core)) {
        handle(core, take_one(core));
    }
}

void weft_sim_interrupt_attach(weft_sim_interrupt_t *interrupt)
{
    WEFT_ASSERT(weft__sim.running, "interrupt outside of a simulation");
    WEFT_ASSERT(!interrupt->attached, "interrupt attached twice");
    WEFT_ASSERT(interrupt->core < weft__sim.cores,
                "interrupt of a core that is not there");
    interrupt->attached = true;
    interrupt->pending = false;
    interrupt->next = weft__sim.interrupts;
    weft__sim.interrupts = interrupt;
    core_of(interrupt)->random_rate += random_rate(interrupt);
    pend_if_due(interrupt);
    weft__sim_draw();
    weft__sim_interrupts_take();
}

void weft_sim_interrupt_remove(weft_sim_interrupt_t *interrupt)
{
    weft_sim_interrupt_t **at = &weft__sim.interrupts;

    if (!interrupt->attached) {
        return;
    }
    while (*at != interrupt) {
        at = &(*at)->next;
    }
    *at = interrupt->next;
    struct weft__sim_core *core = core_of(interrupt);
    core->random_rate -= random_rate(interrupt);
    core->pending -= interrupt->pending;
    interrupt->pending = false;
    interrupt->attached = false;
    weft__sim_draw();
    while (core != weft__sim.current && core->handling == interrupt) {
        weft_hook_spin();
    }
}

void weft_sim_interrupt_raise(weft_sim_interrupt_t *interrupt)
{
    WEFT_ASSERT(interrupt->attached, "raise of an interrupt not attached");
    weft_hook_point();
    pend(interrupt);
    weft__sim_interrupts_take();
}

void weft__sim_interrupts_clear(void)
{
    while (weft__sim.interrupts != NULL) {
        weft_sim_interrupt_t *interrupt = weft__sim.interrupts;
        weft__sim.interrupts = interrupt->next;
        interrupt->attached = false;
        interrupt->pending = false;
    }
}
