/* cores.c - cortex_m: several cores: sleep and wake, levels
 * SPDX-License-Identifier: MIT
 *
 * A core that sleeps says on which word. Whoever wakes that word takes the
 * address away, and only then interrupts that core: at most once a sleep, and
 * none that is awake. Both look after they wrote, so one sees the other:
 *
 *     sleep: asleep_on = word;  fence;  *word == asleep? WFI
 *     wake:  (*word changed);   fence;  asleep_on == word? interrupt
 */
#include "ports/cortex_m/cortex_m.h"

#if WEFT_CORES > 1

#include "ports/cortex_m/allowed.h"
#include "ports/cortex_m/cores.h"
#include "ports/cortex_m/nap.h"
#include "weft/base/atomic.h"

static uintptr_t asleep_on[WEFT_CORES]; /* addresses of words; 0: awake */
static uintptr_t requests[WEFT_CORES];  /* levels to pend, a bit each */
static uint32_t kicks[WEFT_CORES];

/* --- sleep and wake */

/* A store to a device may overtake those to memory, also one with release: the
 * interrupt would come before what it is about. */
static void interrupt(unsigned core)
{
    weft__barrier();
    weft_cortex_m_core_interrupt(core);
}

void weft_port_sleep(const uintptr_t *word, uintptr_t asleep,
                     uint64_t deadline_us)
{
    uintptr_t *on = &asleep_on[WEFT__THIS_CORE()];

    weft__check_may_sleep();
    weft_atomic_store_seq_cst_word(on, (uintptr_t)word);
    weft_atomic_fence_seq_cst();
    while (weft__nap(word, asleep, deadline_us) &&
           weft_atomic_load_relaxed_word(on) != 0) {}
    weft_atomic_store_release_word(on, 0);
}

static void wake_core(unsigned core, uintptr_t word)
{
    uintptr_t expected = word;

    if (weft_atomic_load_relaxed_word(&asleep_on[core]) == word &&
        weft_atomic_cas_acq_rel_word(&asleep_on[core], &expected, 0)) {
        (void)weft_atomic_fetch_add_relaxed_u32(&kicks[core], 1);
        interrupt(core);
    }
}

void weft_port_wake(const uintptr_t *word)
{
    weft__check_allowed();
    weft_atomic_fence_seq_cst();
    for (unsigned core = 0; word != NULL && core < WEFT_CORES; core++) {
        if (core != WEFT__THIS_CORE()) {
            wake_core(core, (uintptr_t)word);
        }
    }
}

uint32_t weft_cortex_m_kicks(unsigned core)
{
    return weft_atomic_load_relaxed_u32(&kicks[core]);
}

/* --- levels of another core */

void weft__core_request(uintptr_t pend)
{
    unsigned core = weft__pend_core(pend);
    uintptr_t bit = (uintptr_t)1 << weft__pend_priority(pend);

    if (__atomic_fetch_or(&requests[core], bit, __ATOMIC_ACQ_REL) == 0) {
        interrupt(core);
    }
}

/* Quiet first: what is asked for after the exchange interrupts again. */
void WEFT__IRQ_NAME(WEFT_CORES_IRQ)(void);
void WEFT__IRQ_NAME(WEFT_CORES_IRQ)(void)
{
    unsigned core = WEFT__THIS_CORE();
    uintptr_t bits;

    weft_cortex_m_core_quiet();
    weft__barrier(); /* also in the device, before we look */
    bits = weft_atomic_exchange_acq_rel_word(&requests[core], 0);
    for (unsigned priority = 1; bits >> priority != 0; priority++) {
        if ((bits >> priority & 1) != 0) {
            weft_port_level_pend(weft__pend_value(core, priority));
        }
    }
}

void weft__cores_listen(void)
{
    weft_cortex_m_irq_enable(WEFT_CORES_IRQ, WEFT_LEVELS);
}

#endif
