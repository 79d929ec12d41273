/* level.c - cortex_m: interrupt levels, on lines that no device uses
 * SPDX-License-Identifier: MIT
 *
 * Level p is external interrupt WEFT_LEVEL_IRQ + p - 1, pended by software: the
 * NVIC nests them, and its pending bit is that of the contract. A pend from
 * another core goes by its inter-core interrupt.
 */
#include <stddef.h>

#include "ports/cortex_m/cores.h"
#include "ports/cortex_m/cortex_m.h"
#include "weft/error.h"

static weft_port_level_t *levels[WEFT_CORES][WEFT_LEVELS];

/* handle: when its alarm is due, low and high half. */
static uint64_t alarm_of(const weft_port_level_t *level)
{
    return level->handle[0] | (uint64_t)level->handle[1] << 32;
}

static void alarm_set(weft_port_level_t *level, uint64_t deadline_us)
{
    level->handle[0] = (uint32_t)deadline_us;
    level->handle[1] = (uint32_t)(deadline_us >> 32);
}

static unsigned irq_of(unsigned priority)
{
    return WEFT_LEVEL_IRQ + priority - 1;
}

int weft_port_level_open(weft_port_level_t *level, unsigned priority,
                         weft_port_level_fn *run, void *ctx)
{
    unsigned core = WEFT__THIS_CORE();

    if (priority < 1 || priority > WEFT_LEVELS) {
        return WEFT_ERR_INVALID;
    }
    if (levels[core][priority - 1] != NULL) {
        return WEFT_ERR_BUSY;
    }
    level->run = run;
    level->ctx = ctx;
    level->pend = weft__pend_value(core, priority);
    alarm_set(level, UINT64_MAX);
    levels[core][priority - 1] = level;
    weft_cortex_m_irq_unpend(irq_of(priority));
    weft_cortex_m_irq_enable(irq_of(priority), priority);
    return WEFT_OK;
}

void weft_port_level_close(weft_port_level_t *level)
{
    unsigned priority = weft__pend_priority(level->pend);

    WEFT_ASSERT(weft__pend_core(level->pend) == WEFT__THIS_CORE() &&
                    levels[WEFT__THIS_CORE()][priority - 1] == level,
                "close of a level that is not open on this core");
    weft_cortex_m_irq_disable(irq_of(priority));
    levels[WEFT__THIS_CORE()][priority - 1] = NULL;
}

void weft_port_level_pend(uintptr_t pend)
{
    if (weft__pend_core(pend) == WEFT__THIS_CORE()) {
        weft_cortex_m_irq_pend(irq_of(weft__pend_priority(pend)));
    } else {
        weft__core_request(pend);
    }
}

void weft_port_level_alarm(weft_port_level_t *level, uint64_t deadline_us)
{
    uint32_t key = weft__primask_raise();

    alarm_set(level, deadline_us);
    (void)weft__clock_arm(UINT64_MAX);
    weft__primask_restore(key);
}

/* Interrupts are off: to pend is all that it may do here. */
uint64_t weft__level_alarms(uint64_t now_us)
{
    uint64_t next_us = UINT64_MAX;

    for (unsigned i = 0; i < WEFT_LEVELS; i++) {
        weft_port_level_t *level = levels[WEFT__THIS_CORE()][i];
        uint64_t due_us = level == NULL ? UINT64_MAX : alarm_of(level);

        if (due_us <= now_us) {
            alarm_set(level, UINT64_MAX);
            weft_cortex_m_irq_pend(irq_of(i + 1));
        } else if (due_us < next_us) {
            next_us = due_us;
        }
    }
    return next_us;
}

/* All lines lead here; the number of the exception tells which one it is. */
void weft__level_run(void);
void weft__level_run(void)
{
    uint32_t *is_level = &weft__exception_of_level[WEFT__THIS_CORE()];
    uint32_t exception = weft__ipsr();
    uint32_t outer = *is_level;
    weft_port_level_t *level =
        levels[WEFT__THIS_CORE()][exception - 16 - WEFT_LEVEL_IRQ];

    if (level != NULL) {
        *is_level = exception;
        level->run(level->ctx);
        *is_level = outer;
    }
}

/* weft_irq_N for each of the lines: names of a number, which C cannot make. */
#define TEXT(value) TEXT_OF(value)
#define TEXT_OF(value) #value
__asm__("    .altmacro\n"
        "    .macro weft__line number\n"
        "    .global weft_irq_\\number\n"
        "    .thumb_set weft_irq_\\number, weft__level_run\n"
        "    .endm\n"
        "    .set weft__number, " TEXT(
            WEFT_LEVEL_IRQ) "\n"
                            "    .rept " TEXT(
                                WEFT_LEVELS) "\n"
                                             "    weft__line %weft__number\n"
                                             "    .set weft__number, "
                                             "weft__number + 1\n"
                                             "    .endr\n"
                                             "    .noaltmacro\n");
