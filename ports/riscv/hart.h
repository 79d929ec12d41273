/* hart.h - riscv: what the files of this port share
 * SPDX-License-Identifier: MIT
 *
 * A core is a hart in machine mode. What others may look at is in weft__harts
 * and weft__crew; what is its own is found through tp, in its block of
 * thread-locals.
 *
 * A board says where things are: see the names below. Interrupts that need
 * something of the port register it in weft__riscv_on, so that nothing is
 * linked that nobody uses.
 */
#ifndef WEFT_PORTS_RISCV_HART_H
#define WEFT_PORTS_RISCV_HART_H

#include <stdbool.h>
#include <stdint.h>

#include "weft/port.h"
#include "weft/port_inline.h"

/* Harts that the program is linked for; weft_riscv_harts() are there. */
#ifndef WEFT_CORES
#define WEFT_CORES 1
#endif

/* Rate of mtime. */
#ifndef WEFT_CLOCK_HZ
#define WEFT_CLOCK_HZ 10000000
#endif

#ifndef WEFT_CLINT
#define WEFT_CLINT 0x02000000
#endif

/* Aligned like a word of 32 bits: no padding before it. */
typedef uint64_t weft__alarm_t __attribute__((aligned(4)));

struct weft__hart {
    weft__alarm_t
        alarm;        /* in ticks: what the comparator holds outside of a sleep;
                         UINT64_MAX: none */
    uint32_t pending; /* atomic: levels; bit p: priority p */
    uint8_t index;
    uint8_t controller; /* threshold that the PLIC has */
    uint8_t spins;
    uint8_t kept; /* 1: handlers wait for the threshold, claimed */
    weft_port_level_t **levels; /* by priority; NULL: none was opened */
    uint32_t interrupts;
};

/* What is between harts: not there where there is one. */
struct weft__crew {
    uintptr_t sleeping; /* atomic: the word it sleeps on; 0: it does not */
    uintptr_t thread;   /* atomic: what it runs: a weft_port_thread_t, or: */
    uintptr_t up;       /* atomic: 1: it has come up */
    uint32_t kicks;     /* atomic */
    uint8_t late;       /* atomic: 1: it did not come up in time */
};

enum { WEFT__HART_FREE = 0, WEFT__HART_TAKEN = 1 };

extern struct weft__hart weft__harts[WEFT_CORES];
extern struct weft__crew weft__crew[WEFT_CORES];

/* Called in a trap, with interrupts off; NULL: nobody needs it. */
struct weft__riscv_on {
    void (*software)(void); /* levels may be pending */
    void (*timer)(void);    /* an alarm is due */
    void (*external)(void);
    void (*lowered)(void); /* the threshold has been */
    void (*kept)(void);    /* where a hart has kept something */
};

extern struct weft__riscv_on weft__riscv_on;

static inline unsigned weft__hart_index(void)
{
    return WEFT_CORES > 1 ? weft__own.hart->index : 0;
}

/* --- machine ------------------------------------------------------------- */

#define WEFT__MSTATUS_MIE 8u
#define WEFT__MIP_MSIP (1u << 3)
#define WEFT__MIP_MTIP (1u << 7)
#define WEFT__MIP_MEIP (1u << 11)

#define WEFT__CSR_READ(name)                                                   \
    __extension__({                                                            \
        uintptr_t weft__value;                                                 \
        __asm__ volatile("csrr %0, " #name : "=r"(weft__value)::"memory");     \
        weft__value;                                                           \
    })
#define WEFT__CSR_SET(name, bits)                                              \
    __asm__ volatile("csrs " #name ", %0" ::"r"((uintptr_t)(bits)) : "memory")
#define WEFT__CSR_CLEAR(name, bits)                                            \
    __asm__ volatile("csrc " #name ", %0" ::"r"((uintptr_t)(bits)) : "memory")

/* In a trap, or in what runs in one: the trap's stack is in use. */
static inline bool weft__in_trap(void)
{
    return WEFT__CSR_READ(mscratch) == 0;
}

static inline void weft__wait_for_interrupt(void)
{
    __asm__ volatile("wfi" ::: "memory");
}

static inline volatile uint32_t *weft__msip(unsigned hart)
{
    return (volatile uint32_t *)(WEFT_CLINT + 4 * (uintptr_t)hart);
}

/* Memory and devices are ordered apart: an interrupt must not overtake what it
 * is about, nor a look at that the clearing of its bit. */
static inline void weft__fence_device(void)
{
    __asm__ volatile("fence iorw, iorw" ::: "memory");
}

static inline void weft__interrupt(unsigned hart)
{
    weft__fence_device();
    *weft__msip(hart) = 1;
}

static inline void weft__interrupt_clear(void)
{
    *weft__msip(weft__hart_index()) = 0;
    weft__fence_device();
}

/* Ticks since the machine started. */
uint64_t weft__ticks(void);

/* The moment as mtime counts. */
uint64_t weft__ticks_at(uint64_t us);

/* Sets this hart's comparator. */
void weft__comparator_set(uint64_t ticks);

/* Pretends that there is no other hart that could have its say: for a few
 * microseconds this one waits for an interrupt. */
void weft__rest(void);

/* Makes the hart's own thread-locals what they are at the start of a thread.
 * With interrupts off. */
void weft__own_init(unsigned hart);

/* Whether the ends of this hart's stacks are as they were at its start. */
bool weft__stacks_intact(void);

/* Ends the program with the name of the stack that has overflowed, where this
 * fault says that one has; else returns. Nothing is linked of it where no
 * limits are set (limit.c). */
__attribute__((weak)) void weft__limit_fault(uintptr_t cause,
                                             uintptr_t address);

#endif
