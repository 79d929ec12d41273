/* interrupt.c - sim: interrupt sources, when they come, who takes them
 * SPDX-License-Identifier: MIT
 *
 * A source becomes pending at random (points.c asks), by time, or raised. Its
 * core takes it as soon as it runs open to it: at once, at the next unmask,
 * when it is switched to, or woken from its sleep. One of a higher priority
 * comes in between the steps of one of a lower.
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

static unsigned priority_of(const weft_sim_interrupt_t *interrupt)
{
    return interrupt->priority != 0 ? interrupt->priority : WEFT__SIM_ABOVE;
}

static bool takes(const struct weft__sim_core *core,
                  const weft_sim_interrupt_t *interrupt)
{
    return weft__sim_takes(core, priority_of(interrupt));
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
    if (core->state == WEFT__SIM_LIVE && takes(core, interrupt) &&
        (weft__sim.ready & weft__sim_bit(core)) == 0) {
        weft__sim.ready |= weft__sim_bit(core);
        weft__explore_ready(core);
    }
}

void weft__sim_interrupt_pend(weft_sim_interrupt_t *interrupt)
{
    pend(interrupt);
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
                        : own->state == WEFT__SIM_LIVE && takes(own, interrupt);
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

/* The priority of the most urgent one that core may take; 0: none. */
static unsigned most_urgent(const struct weft__sim_core *core, unsigned *count)
{
    const weft_sim_interrupt_t *at = weft__sim.interrupts;
    unsigned most = 0;

    *count = 0;
    for (; at != NULL; at = at->next) {
        if (!at->pending || core_of(at) != core || !takes(core, at) ||
            priority_of(at) < most) {
            continue;
        }
        *count = priority_of(at) == most ? *count + 1 : 1;
        most = priority_of(at);
    }
    return most;
}

/* Any of the most urgent ones: no order is promised among these. */
static weft_sim_interrupt_t *take_one(struct weft__sim_core *core)
{
    weft_sim_interrupt_t *at = weft__sim.interrupts;
    unsigned count;
    unsigned priority = most_urgent(core, &count);

    if (priority == 0) {
        return NULL;
    }
    uint64_t skip = weft__sim_pick(count);
    while (!at->pending || core_of(at) != core || priority_of(at) != priority ||
           skip-- != 0) {
        at = at->next;
    }
    at->pending = false;
    core->pending--;
    return at;
}

/* What a handler has to leave as it was. */
struct before {
    weft_local_t local;
    uint64_t since;
    unsigned ceiling;
};

static void check_left(const struct weft__sim_core *core, bool level,
                       struct before *before)
{
    if (level) {
        before->local.random = core->local.random; /* any will do */
    } else {
        weft__sim_most(&weft__sim.stats.handler_most, before->since);
    }
    WEFT_ASSERT(core->masked == 0, "a handler left interrupts masked");
    WEFT_ASSERT(core->ceiling == before->ceiling,
                "a handler left a ceiling raised");
    WEFT_ASSERT(memcmp(&before->local, &core->local, sizeof(core->local)) == 0,
                "an interrupt changed its core's local record");
}

/* The handler may remove its source: it is not touched afterwards. */
static void handle(struct weft__sim_core *core,
                   const weft_sim_interrupt_t *interrupt)
{
    struct before before = {.since = weft__sim_points(),
                            .ceiling = core->ceiling};
    struct weft__sim_frame frame = {
        .outer = core->frame,
        .source = interrupt,
        .priority = priority_of(interrupt),
        .level = interrupt->level,
    };

    memcpy(&before.local, &core->local, sizeof(core->local));
    weft__sim_note(WEFT__SIM_INTERRUPT, core->index);
    weft__sim.stats.interrupts++;
    core->frame = &frame;
    interrupt->handler(interrupt->ctx);
    core->frame = frame.outer;
    check_left(core, frame.level, &before);
}

bool weft__sim_interrupts_take(void)
{
    struct weft__sim_core *core = weft__sim.current;
    bool any = false;

    while (core->pending != 0 && core->masked == 0) {
        weft_sim_interrupt_t *interrupt = take_one(core);
        if (interrupt == NULL) {
            break;
        }
        handle(core, interrupt);
        any = true;
    }
    return any;
}

static bool handles(const struct weft__sim_core *core,
                    const weft_sim_interrupt_t *interrupt)
{
    const struct weft__sim_frame *frame = core->frame;

    while (frame != NULL && frame->source != interrupt) {
        frame = frame->outer;
    }
    return frame != NULL;
}

void weft_sim_interrupt_attach(weft_sim_interrupt_t *interrupt)
{
    WEFT_ASSERT(weft__sim.running, "interrupt outside of a simulation");
    WEFT_ASSERT(!interrupt->attached, "interrupt attached twice");
    WEFT_ASSERT(interrupt->core < weft__sim.cores,
                "interrupt of a core that is not there");
    WEFT_ASSERT(interrupt->priority <= WEFT_SIM_LEVELS,
                "interrupt of a priority that is not there");
    interrupt->attached = true;
    interrupt->pending = false;
    interrupt->next = weft__sim.interrupts;
    weft__sim.interrupts = interrupt;
    core_of(interrupt)->random_rate += random_rate(interrupt);
    pend_if_due(interrupt);
    weft__sim_draw();
    (void)weft__sim_interrupts_take();
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
    while (core != weft__sim.current && handles(core, interrupt)) {
        weft_hook_spin();
    }
}

void weft_sim_interrupt_raise(weft_sim_interrupt_t *interrupt)
{
    WEFT_ASSERT(interrupt->attached, "raise of an interrupt not attached");
    weft_hook_point();
    pend(interrupt);
    (void)weft__sim_interrupts_take();
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
