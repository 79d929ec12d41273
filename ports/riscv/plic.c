/* plic.c - riscv: hardware interrupts, by the platform's interrupt controller
 * SPDX-License-Identifier: MIT
 *
 * Its priorities are those of the levels. It has a threshold of its own, which
 * follows the hart's only when an interrupt comes that may have to wait: most
 * levels run without one. That threshold is for what the hart is told of, and
 * not for what it claims: a claim gives the most urgent of all that is pending.
 * So there is one only where mip tells of something above the threshold.
 */
#include "ports/riscv/levels.h"
#include "weft/base/spinlock.h"
#include "weft/error.h"

#ifndef WEFT_PLIC
#define WEFT_PLIC 0x0c000000
#endif

/* Handlers there may be at a time, on all harts. */
#ifndef WEFT_IRQS
#define WEFT_IRQS 4
#endif

/* One hart alone claims what it is told of: it keeps nothing. */
enum { SOURCES = 128, OTHERS = WEFT_CORES > 1 };

static struct slot {
    weft_port_irq_fn *handler; /* NULL: free */
    uint8_t irq;
    uint8_t hart;
    uint8_t priority;
    uint8_t kept; /* 1: claimed, and waits for the threshold */
} slots[WEFT_IRQS];

static weft_spinlock_t lock;

static volatile uint32_t *reg(uintptr_t offset)
{
    return (volatile uint32_t *)(WEFT_PLIC + offset);
}

/* Context 2 * hart is its machine mode. */
static volatile uint32_t *enable_of(unsigned hart, unsigned irq)
{
    return reg(0x2000 + (uintptr_t)0x100 * hart + irq / 32 * 4);
}

static volatile uint32_t *threshold_of(unsigned hart)
{
    return reg(0x200000 + (uintptr_t)0x2000 * hart);
}

static volatile uint32_t *claim_of(unsigned hart)
{
    return threshold_of(hart) + 1;
}

/* The controller's threshold follows the hart's; above 0 who lowers that has
 * to look. */
static void follow(void)
{
    struct weft__hart *hart = weft__own.hart;
    uint8_t threshold = weft__own.threshold;

    hart->controller = threshold;
    *threshold_of(hart->index) = threshold;
    if (threshold != 0) {
        weft__own.waits = 1;
    }
}

static void call(void *ctx)
{
    weft_port_irq_fn *handler = ((const struct slot *)ctx)->handler;

    if (handler != NULL) {
        handler();
    }
}

static struct slot *find(unsigned irq, unsigned hart)
{
    for (unsigned i = 0; i < WEFT_IRQS; i++) {
        if (slots[i].irq == irq && slots[i].hart == hart &&
            slots[i].handler != NULL) {
            return &slots[i];
        }
    }
    return NULL;
}

/* Whether something is pending above the threshold. Where the controller has
   that already the trap says so; else it has told the hart anew by the time it
   has answered. */
static bool is_above(void)
{
    struct weft__hart *hart = weft__own.hart;

    if (hart->controller == weft__own.threshold) {
        return true;
    }
    follow();
    (void)*threshold_of(hart->index);
    weft__fence_device();
    return (WEFT__CSR_READ(mip) & WEFT__MIP_MEIP) != 0;
}

/* A source must be quiet before the controller looks at it again. */
static void serve(struct slot *slot, uint32_t irq)
{
    if (slot != NULL) {
        weft__run_at(slot->priority, true, call, slot);
    }
    weft__fence_device();
    *claim_of(weft__hart_index()) = irq;
}

/* In a trap that lowered() asked for. */
static void run_kept(void)
{
    struct weft__hart *hart = weft__own.hart;

    hart->kept = 0;
    for (struct slot *slot = slots; slot < slots + WEFT_IRQS; slot++) {
        if (slot->kept == 0 || slot->hart != weft__hart_index()) {
            continue;
        }
        if (slot->priority > weft__own.threshold) {
            slot->kept = 0;
            serve(slot, slot->irq);
        } else {
            hart->kept = 1;
        }
    }
}

static void lowered(void)
{
    follow();
    if (OTHERS && weft__own.hart->kept != 0) {
        weft__interrupt(weft__hart_index());
    }
}

/* One: where another is pending, or comes, there is one more trap. What another
   hart has claimed before may leave this one what has to wait: it is kept, as
   an edge that is handed back is lost. */
static void external(void)
{
    uint32_t irq = is_above() ? *claim_of(weft__hart_index()) : 0;

    if (irq != 0) {
        struct slot *slot = find(irq, weft__hart_index());
        if (!OTHERS || slot == NULL || slot->priority > weft__own.threshold) {
            serve(slot, irq);
        } else {
            slot->kept = 1;
            weft__own.hart->kept = 1;
            weft__own.waits = 1;
        }
    }
    if (weft__own.waits != 0 && weft__riscv_on.software != NULL) {
        weft__riscv_on.software();
    }
}

/* What was claimed is completed before: later the controller ignores that. */
static int disable(unsigned irq, unsigned hart)
{
    struct slot *slot = find(irq, hart);

    *claim_of(hart) = irq;
    *enable_of(hart, irq) &= ~(UINT32_C(1) << irq % 32);
    if (slot != NULL) {
        *slot = (struct slot){.handler = NULL};
    }
    return 0;
}

static int enable(struct slot slot)
{
    struct slot *at = find(slot.irq, slot.hart);

    if (at != NULL) {
        return WEFT_ERR_BUSY;
    }
    for (at = slots; at < slots + WEFT_IRQS && at->handler != NULL; at++) {}
    if (at == slots + WEFT_IRQS) {
        return WEFT_ERR_FULL;
    }
    *at = slot;
    weft__riscv_on.external = external;
    weft__riscv_on.lowered = lowered;
    weft__riscv_on.kept = OTHERS ? run_kept : NULL;
    *reg((uintptr_t)slot.irq * 4) = slot.priority;
    *enable_of(slot.hart, slot.irq) |= UINT32_C(1) << slot.irq % 32;
    WEFT__CSR_SET(mie, WEFT__MIP_MEIP);
    return 0;
}

int weft_port_irq_setup(unsigned irq, unsigned priority,
                        weft_port_irq_fn *handler)
{
    unsigned hart = weft__hart_index();

    if (irq == 0 || irq >= SOURCES ||
        (handler != NULL && (priority == 0 || priority > WEFT__LEVELS))) {
        return WEFT_ERR_INVALID;
    }
    unsigned key = weft_lock_mask(&lock);
    int rc = handler == NULL
                 ? disable(irq, hart)
                 : enable((struct slot){handler, (uint8_t)irq, (uint8_t)hart,
                                        (uint8_t)priority, 0});
    weft_unlock_mask(&lock, key);
    return rc;
}
