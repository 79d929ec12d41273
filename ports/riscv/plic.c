/* plic.c - riscv: hardware interrupts, by the platform's interrupt controller
 * SPDX-License-Identifier: MIT
 *
 * Its priorities are those of the levels. It has a threshold of its own, which
 * follows the hart's only when an interrupt comes that may have to wait: most
 * levels run without one.
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

enum { SOURCES = 128 };

static struct slot {
    weft_port_irq_fn *handler; /* NULL: free */
    uint8_t irq;
    uint8_t hart;
    uint8_t priority;
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

    if (hart->controller != threshold) {
        hart->controller = threshold;
        *threshold_of(hart->index) = threshold;
    }
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

/* One: where another is pending, or comes, there is one more trap. */
static void external(void)
{
    struct weft__hart *hart = weft__own.hart;
    volatile uint32_t *claim = claim_of(weft__hart_index());
    uint32_t irq;

    if (hart->controller != weft__own.threshold) {
        follow();
    }
    irq = *claim;
    if (irq != 0) {
        struct slot *slot = find(irq, weft__hart_index());
        if (slot != NULL) {
            weft__run_at(slot->priority, true, call, slot);
        }
        *claim = irq;
    }
    if (weft__own.waits != 0 && weft__riscv_on.software != NULL) {
        weft__riscv_on.software();
    }
}

static int disable(unsigned irq, unsigned hart)
{
    struct slot *slot = find(irq, hart);

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
    weft__riscv_on.lowered = follow;
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
                                        (uint8_t)priority});
    weft_unlock_mask(&lock, key);
    return rc;
}
