/* levels.c - riscv: seven interrupt levels on the one software interrupt
 * SPDX-License-Identifier: MIT
 *
 * What is pending is a word for each hart, a bit for each level. Whoever sets
 * a bit has the hart look at its word by the software interrupt, which it also
 * is woken by. Its trap runs what is above the threshold, the highest first,
 * with interrupts on: a trap in there finds a higher threshold and runs only
 * what is above that. What is not stays pending until the threshold is lowered
 * to where it was. weft__own.waits says that there may be something, here or in
 * the controller of external interrupts: who leaves it sets that, and each
 * place that lowers the threshold looks.
 *
 * The threshold is the priority of what runs, or a ceiling above it. It is of
 * the hart alone; who interrupts brings it back as it was.
 */
#include "ports/riscv/levels.h"

#include "weft/base/atomic.h"
#include "weft/base/hooks.h"
#include "weft/error.h"

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

/* Of bits from 1 to 255: the highest. */
static unsigned highest(uint32_t bits)
{
    unsigned place = 0;

    if (bits >= 16) {
        bits >>= 4;
        place = 4;
    }
    if (bits >= 4) {
        bits >>= 2;
        place += 2;
    }
    return place + (bits >> 1);
}

/* The priorities that are pending above the threshold, from bit 0. */
static uint32_t above(const struct weft__hart *hart, unsigned threshold)
{
    return weft_atomic_load_acquire_u32(&hart->pending) >> threshold >> 1;
}

/* In a trap: runs what may run. */
static void run_pending(void)
{
    struct weft__hart *hart = weft__own.hart;
    unsigned threshold = weft__own.threshold;
    uint32_t bits;

    while ((bits = above(hart, threshold)) != 0) {
        unsigned priority = threshold + 1 + highest(bits);
        weft_port_level_t *level;

        (void)__atomic_fetch_and(&hart->pending, ~(UINT32_C(1) << priority),
                                 __ATOMIC_ACQ_REL);
        level = hart->levels[priority]; /* it was open, who is pended */
        if (level != NULL) {
            weft__run_at(priority, false, level->run, level->ctx);
        }
    }
    weft__own.waits = threshold != 0;
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
    unsigned index = WEFT_CORES > 1 ? (unsigned)(pend >> PEND_SHIFT) : 0;
    struct weft__hart *hart = &weft__harts[index];
    unsigned priority = pend & PEND_MASK;
    uint32_t bit = UINT32_C(1) << priority;

    if ((__atomic_fetch_or(&hart->pending, bit, __ATOMIC_ACQ_REL) & bit) != 0) {
        return;
    }
    if ((WEFT_CORES > 1 && hart != weft__own.hart) ||
        priority > weft__own.threshold) {
        interrupt(index);
    } else {
        weft__own.waits = 1;
    }
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
    weft__own.hart->levels = levels[hart];
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
    return weft__inline_ceiling_raise(priority);
}

void weft_port_ceiling_restore(unsigned key)
{
    weft__inline_ceiling_restore(key);
}

/* What a trap leaves in the midst of this it tells anew. */
void weft__lowered(void)
{
    struct weft__hart *hart = weft__own.hart;
    unsigned threshold = weft__own.threshold;

    weft__own.waits = threshold != 0;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    weft__controller_lowered(hart, threshold);
    if (above(hart, threshold) != 0) {
        interrupt(hart->index);
    }
}
