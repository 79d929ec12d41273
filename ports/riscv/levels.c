/* levels.c - riscv: seven interrupt levels on the one software interrupt
 * SPDX-License-Identifier: MIT
 *
 * What is pending is a word for each hart, a bit for each level. Whoever sets
 * a bit has the hart look at its word by the software interrupt, which it also
 * is woken by. Its trap runs what is above the threshold, the highest first,
 * with interrupts on: a trap in there finds a higher threshold and runs only
 * what is above that. What is not stays pending until the threshold is lowered
 * to where it was: each place that does so looks again.
 *
 * The threshold is the priority of what runs, or a ceiling above it. It is of
 * the hart alone, and changes only with interrupts off.
 */
#include "ports/riscv/levels.h"

#include "weft/base/atomic.h"
#include "weft/base/hooks.h"
#include "weft/error.h"

static uint32_t pending[WEFT_CORES]; /* atomic; bit p: priority p */
static weft_port_level_t *levels[WEFT_CORES][WEFT__LEVELS + 1];

enum { PEND_SHIFT = 3, PEND_MASK = 7, ALARM_LOW = 0, ALARM_HIGH = 1 };

unsigned weft_port_levels(void)
{
    return WEFT__LEVELS;
}

unsigned weft_port_priority(void)
{
    return weft__own.priority;
}

void weft__run_at(struct weft__run run)
{
    struct weft__own outer = weft__own;

    weft__own.priority = run.priority;
    weft__own.threshold = run.priority;
    weft__own.in_interrupt = run.in_interrupt;
    WEFT__CSR_SET(mstatus, WEFT__MSTATUS_MIE);
    run.run(run.ctx);
    WEFT__CSR_CLEAR(mstatus, WEFT__MSTATUS_MIE);
    weft__own.priority = outer.priority;
    weft__own.threshold = outer.threshold;
    weft__own.in_interrupt = outer.in_interrupt;
    if (weft__riscv_on.lowered != NULL) {
        weft__riscv_on.lowered();
    }
}

/* The highest priority that is pending on this hart, if above the threshold;
 * 0: none. */
static unsigned highest(unsigned hart)
{
    uint32_t bits = weft_atomic_load_acquire_u32(&pending[hart]);
    unsigned priority = WEFT__LEVELS;

    while (priority > weft__own.threshold) {
        if ((bits >> priority & 1u) != 0) {
            return priority;
        }
        priority--;
    }
    return 0;
}

/* In a trap: runs what may run. */
static void run_pending(void)
{
    unsigned hart = weft__hart_index();
    unsigned priority;

    while ((priority = highest(hart)) != 0) {
        weft_port_level_t *level = levels[hart][priority];

        (void)__atomic_fetch_and(&pending[hart], ~(UINT32_C(1) << priority),
                                 __ATOMIC_ACQ_REL);
        if (level != NULL) {
            weft__run_at((struct weft__run){level->run, level->ctx,
                                            (uint8_t)priority, 0});
        }
    }
}

static void interrupt(unsigned hart)
{
    weft__interrupt(hart);
    (void)*weft__msip(hart); /* it has arrived */
}

/* On this hart, what is at or below the threshold waits for it to be lowered
 * anyway. */
void weft_port_level_pend(uintptr_t pend)
{
    unsigned hart = (unsigned)(pend >> PEND_SHIFT);
    unsigned priority = pend & PEND_MASK;
    uint32_t bit = UINT32_C(1) << priority;

    if ((__atomic_fetch_or(&pending[hart], bit, __ATOMIC_ACQ_REL) & bit) != 0) {
        return;
    }
    unsigned key = weft_hook_mask();
    if (hart != weft__hart_index() || priority > weft__own.threshold) {
        interrupt(hart);
    }
    weft_hook_unmask(key);
}

/* --- alarms -------------------------------------------------------------- */

static uint64_t alarm_of(const weft_port_level_t *level)
{
    return (uint64_t)level->handle[ALARM_HIGH] << 32 |
           (uint32_t)level->handle[ALARM_LOW];
}

static void set_alarm(weft_port_level_t *level, uint64_t ticks)
{
    level->handle[ALARM_LOW] = (uint32_t)ticks;
    level->handle[ALARM_HIGH] = (uint32_t)(ticks >> 32);
}

/* Pends what is due and sets the comparator for what comes next. With
 * interrupts off. */
static void look_at_alarms(unsigned hart)
{
    uint64_t now = weft__ticks();
    uint64_t next = UINT64_MAX;

    for (unsigned i = 1; i <= WEFT__LEVELS; i++) {
        weft_port_level_t *level = levels[hart][i];
        uint64_t due = level == NULL ? UINT64_MAX : alarm_of(level);
        if (due <= now) {
            set_alarm(level, UINT64_MAX);
            weft_port_level_pend(level->pend);
        } else if (due < next) {
            next = due;
        }
    }
    weft__own.hart->alarm = next;
    weft__comparator_set(next);
}

static void timer(void)
{
    look_at_alarms(weft__hart_index());
    run_pending();
}

void weft_port_level_alarm(weft_port_level_t *level, uint64_t deadline_us)
{
    uint64_t ticks =
        deadline_us == UINT64_MAX ? UINT64_MAX : weft__ticks_at(deadline_us);
    unsigned key = weft_hook_mask();

    set_alarm(level, ticks);
    weft__riscv_on.timer = timer;
    look_at_alarms(weft__hart_index());
    weft_hook_unmask(key);
}

/* --- open and close ------------------------------------------------------ */

int weft_port_level_open(weft_port_level_t *level, unsigned priority,
                         weft_port_level_fn *run, void *ctx)
{
    unsigned hart = weft__hart_index();

    if (priority == 0 || priority > WEFT__LEVELS) {
        return WEFT_ERR_INVALID;
    }
    if (levels[hart][priority] != NULL) {
        return WEFT_ERR_BUSY;
    }
    *level = (weft_port_level_t){
        .run = run,
        .ctx = ctx,
        .pend = (uintptr_t)hart << PEND_SHIFT | priority,
    };
    set_alarm(level, UINT64_MAX);
    weft__riscv_on.software = run_pending;
    unsigned key = weft_hook_mask();
    levels[hart][priority] = level;
    weft_hook_unmask(key);
    return 0;
}

void weft_port_level_close(weft_port_level_t *level)
{
    unsigned hart = weft__hart_index();
    unsigned key = weft_hook_mask();

    WEFT_ASSERT(level->pend >> PEND_SHIFT == hart &&
                    levels[hart][level->pend & PEND_MASK] == level,
                "close of a level that this core has not open");
    levels[hart][level->pend & PEND_MASK] = NULL;
    look_at_alarms(hart);
    weft_hook_unmask(key);
}

/* --- ceilings ------------------------------------------------------------ */

unsigned weft_port_ceiling_raise(unsigned priority)
{
    unsigned key = weft__own.threshold;

    if (priority > key) {
        weft__own.threshold =
            (uint8_t)(priority < WEFT__LEVELS ? priority : WEFT__LEVELS);
    }
    return key;
}

void weft_port_ceiling_restore(unsigned key)
{
    unsigned hart = weft__hart_index();
    unsigned mask = weft_hook_mask();

    weft__own.threshold = (uint8_t)key;
    if (weft__riscv_on.lowered != NULL) {
        weft__riscv_on.lowered();
    }
    if (highest(hart) != 0) {
        interrupt(hart);
    }
    weft_hook_unmask(mask);
}
