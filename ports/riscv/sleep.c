/* sleep.c - riscv: sleep by WFI, wake by the software interrupt of a hart
 * SPDX-License-Identifier: MIT
 *
 * The sleeper publishes the word it sleeps on and then looks at it; who ends
 * the sleep changes the word and then looks for the address among what was
 * published. At least one of them sees the other. Who finds a sleeper takes its
 * announcement away and is the only one to interrupt it: at most one interrupt
 * a sleep, none to a hart that does not sleep.
 *
 * From the look to WFI interrupts are off, and WFI ends with one that is
 * pending all the same: what comes in between is not slept over. What ended
 * the sleep, comparator or software interrupt, is cleared before interrupts
 * are on again and before the caller looks at what has come: an idle hart that
 * is woken takes no trap.
 */
#include "ports/riscv/hart.h"
#include "weft/base/atomic.h"
#include "weft/base/hooks.h"

/* Whether there is something to wait for: not, when the time is up. */
static bool arm(uint64_t deadline_us)
{
    uint64_t until;

    if (deadline_us == UINT64_MAX) {
        return true;
    }
    until = weft__ticks_at(deadline_us);
    if (until <= weft__ticks()) {
        return false;
    }
    if (until < weft__own.hart->alarm) {
        weft__comparator_set(until);
    }
    return true;
}

/* An alarm of a level that is due meanwhile stays pending, for its trap. */
static void disarm(uint64_t deadline_us)
{
    if (deadline_us != UINT64_MAX) {
        weft__comparator_set(weft__own.hart->alarm);
    }
}

/* A hart alone is asleep with interrupts off: nobody is there to end it but
 * what is pending. */
enum { OTHERS = WEFT_CORES > 1 };

static void publish(struct weft__crew *hart, const uintptr_t *word)
{
    if (OTHERS) {
        weft_atomic_store_seq_cst_word(&hart->sleeping, (uintptr_t)word);
        weft_atomic_fence_seq_cst();
    }
}

/* Levels may have been pended as well: then there is a trap, which looks. */
static void take_back(struct weft__crew *hart)
{
    if (OTHERS && weft_atomic_exchange_acq_rel_word(&hart->sleeping, 0) == 0 &&
        weft__riscv_on.software == NULL) {
        weft__interrupt_clear();
    }
}

void weft_port_sleep(const uintptr_t *word, uintptr_t asleep,
                     uint64_t deadline_us)
{
    struct weft__crew *hart = &weft__crew[weft__hart_index()];

    WEFT_ASSERT(!weft__in_trap(), "sleep in an interrupt");
    WEFT_ASSERT(WEFT__CSR_READ(mstatus) & WEFT__MSTATUS_MIE,
                "sleep with interrupts masked");
    WEFT_ASSERT(weft__own.threshold == 0, "sleep with a raised ceiling");
    WEFT_ASSERT(weft__stacks_intact(), "stack overflow of a hart");
    WEFT__CSR_CLEAR(mstatus, WEFT__MSTATUS_MIE);
    publish(hart, word);
    if (weft_atomic_load_acquire_word(word) == asleep && arm(deadline_us)) {
        weft__wait_for_interrupt();
        disarm(deadline_us);
    }
    take_back(hart);
    WEFT__CSR_SET(mstatus, WEFT__MSTATUS_MIE);
}

static void kick(unsigned index)
{
    (void)weft_atomic_fetch_add_relaxed_u32(&weft__crew[index].kicks, 1);
    weft__interrupt(index);
}

static void wake_others(uintptr_t word)
{
    unsigned count = weft_port_core_count();

    weft_atomic_fence_seq_cst();
    for (unsigned i = 0; i < count; i++) {
        uintptr_t *sleeping = &weft__crew[i].sleeping;
        uintptr_t seen = weft_atomic_load_acquire_word(sleeping);
        if (seen != 0 && seen == word &&
            weft_atomic_cas_acq_rel_word(sleeping, &seen, 0)) {
            kick(i);
        }
    }
}

void weft_port_wake(const uintptr_t *word)
{
    if (OTHERS) {
        wake_others((uintptr_t)word);
    }
}
