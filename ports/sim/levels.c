/* levels.c - sim: interrupt levels, ceilings, interrupts by number
 * SPDX-License-Identifier: MIT
 *
 * A level is an interrupt source that is raised by a pend, or by its time. A
 * pend is seen at once by the core that makes it, or some points later, and by
 * another core when that goes on.
 */
#include "ports/sim/machine.h"
#include "weft/error.h"
#include "weft/port.h"

/* One pend in so many is seen late. */
enum { LATE_ONE_IN = 4 };

/* A pend: the core above the priority, which is never 0. */
enum { PEND_SHIFT = 8, PEND_MASK = 0xff };

static weft_sim_interrupt_t sources[WEFT_SIM_CORES_MAX][WEFT_SIM_LEVELS];

static struct irq {
    weft_sim_interrupt_t source;
    weft_port_irq_fn *handler;
} irqs[WEFT_SIM_CORES_MAX][WEFT_SIM_IRQS];

static weft_sim_interrupt_t *source_of(uintptr_t pend)
{
    return &sources[pend >> PEND_SHIFT][(pend & PEND_MASK) - 1];
}

static bool is_priority(unsigned priority)
{
    return priority >= 1 && priority <= WEFT_SIM_LEVELS;
}

unsigned weft_port_levels(void)
{
    return weft__sim.running ? WEFT_SIM_LEVELS : 0;
}

int weft_port_level_open(weft_port_level_t *level, unsigned priority,
                         weft_port_level_fn *run, void *ctx)
{
    struct weft__sim_core *core = weft__sim.current;
    weft_sim_interrupt_t *source;

    if (!weft__sim.running) {
        return WEFT_ERR_UNSUPPORTED;
    }
    WEFT_ASSERT(core->frame == NULL, "a level opened in an interrupt");
    if (!is_priority(priority)) {
        return WEFT_ERR_INVALID;
    }
    source = &sources[core->index][priority - 1];
    if (source->attached) {
        return WEFT_ERR_BUSY;
    }
    *level = (weft_port_level_t){
        .run = run,
        .ctx = ctx,
        .pend = (uintptr_t)core->index << PEND_SHIFT | priority,
    };
    *source = (weft_sim_interrupt_t){
        .handler = run,
        .ctx = ctx,
        .core = core->index,
        .priority = priority,
        .level = true,
    };
    weft_sim_interrupt_attach(source);
    return WEFT_OK;
}

void weft_port_level_close(weft_port_level_t *level)
{
    weft_sim_interrupt_t *source = source_of(level->pend);

    WEFT_ASSERT(weft__sim.current->frame == NULL,
                "a level closed in an interrupt");
    WEFT_ASSERT(weft__sim.current->index == source->core,
                "a level closed on another core");
    weft_sim_interrupt_remove(source);
}

/* Its core may be at work on it at this moment, and be gone after. */
void weft_port_level_pend(uintptr_t pend)
{
    weft_sim_interrupt_t *source = source_of(pend);

    weft_hook_point();
    if (source->attached) {
        weft__sim_interrupt_pend(source);
    }
    if (!weft__sim.exploring && weft__sim_pick(LATE_ONE_IN) == 0) {
        weft__sim_soon();
    } else {
        (void)weft__sim_interrupts_take();
    }
}

void weft_port_level_alarm(weft_port_level_t *level, uint64_t deadline_us)
{
    weft_sim_interrupt_t *source = source_of(level->pend);

    WEFT_ASSERT(weft__sim.current->frame != NULL &&
                    weft__sim.current->frame->source == source,
                "an alarm set outside of its level");
    source->at_us = 0;
    if (deadline_us > weft__sim.now_us) {
        source->at_us = deadline_us;
    } else {
        weft__sim_interrupt_pend(source);
    }
}

unsigned weft_port_priority(void)
{
    return weft__sim_priority(weft__sim.current);
}

unsigned weft_port_ceiling_raise(unsigned priority)
{
    struct weft__sim_core *core = weft__sim.current;
    unsigned key;

    weft_hook_point();
    key = core->ceiling;
    core->ceiling = priority > key ? priority : key;
    return key;
}

void weft_port_ceiling_restore(unsigned key)
{
    weft__sim.current->ceiling = key;
    (void)weft__sim_interrupts_take();
    weft_hook_point();
}

static void call_handler(void *ctx)
{
    const struct irq *irq = ctx;

    irq->handler();
}

int weft_port_irq_setup(unsigned irq, unsigned priority,
                        weft_port_irq_fn *handler)
{
    struct irq *own;

    if (!weft__sim.running) {
        return WEFT_ERR_UNSUPPORTED;
    }
    if (irq >= WEFT_SIM_IRQS || (handler != NULL && !is_priority(priority))) {
        return WEFT_ERR_INVALID;
    }
    own = &irqs[weft__sim.current->index][irq];
    if (handler == NULL) {
        weft_sim_interrupt_remove(&own->source);
        return WEFT_OK;
    }
    if (own->source.attached) {
        return WEFT_ERR_BUSY;
    }
    own->handler = handler;
    own->source = (weft_sim_interrupt_t){
        .handler = call_handler,
        .ctx = own,
        .core = weft__sim.current->index,
        .priority = priority,
    };
    weft_sim_interrupt_attach(&own->source);
    return WEFT_OK;
}

void weft_sim_irq_raise(unsigned core, unsigned irq)
{
    if (core < WEFT_SIM_CORES_MAX && irq < WEFT_SIM_IRQS &&
        irqs[core][irq].source.attached) {
        weft_sim_interrupt_raise(&irqs[core][irq].source);
    }
}
