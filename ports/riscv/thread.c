/* thread.c - riscv: a thread is a free hart
 * SPDX-License-Identifier: MIT
 */
#include "ports/riscv/hart.h"
#include "weft/base/hooks.h"
#include "weft/error.h"
#include "weft/port.h"

/* How long a hart may take to come up; what is already up costs no time. */
#ifndef WEFT_HART_START_US
#define WEFT_HART_START_US 1000000u
#endif

static bool is_up(const struct weft__crew *hart)
{
    return __atomic_load_n(&hart->up, __ATOMIC_ACQUIRE) != 0;
}

/* Was waited for in vain, and is not there yet. */
static bool is_late(const struct weft__crew *hart)
{
    return __atomic_load_n(&hart->late, __ATOMIC_RELAXED) != 0 && !is_up(hart);
}

static bool take(struct weft__crew *hart)
{
    uintptr_t none = WEFT__HART_FREE;

    return __atomic_compare_exchange_n(&hart->thread, &none, WEFT__HART_TAKEN,
                                       false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_RELAXED);
}

static bool comes_up(const struct weft__crew *hart, uint64_t limit_us)
{
    while (!is_up(hart)) {
        if (weft_port_now_us() >= limit_us) {
            return false;
        }
        weft_port_sleep(&hart->up, 0, limit_us);
    }
    return true;
}

/* One that is free and comes up, among those that are late or those that are
   not. All begin at the same time: one limit for all. */
static int take_one(struct weft__crew **taken, bool late)
{
    uint64_t limit_us = weft_port_now_us() + WEFT_HART_START_US;
    int rc = WEFT_ERR_UNSUPPORTED;

    for (unsigned i = 0; i < weft_port_core_count(); i++) {
        struct weft__crew *hart = &weft__crew[i];
        if (is_late(hart) != late || !take(hart)) {
            continue;
        }
        if (comes_up(hart, limit_us)) {
            *taken = hart;
            return 0;
        }
        __atomic_store_n(&hart->late, 1, __ATOMIC_RELAXED);
        __atomic_store_n(&hart->thread, WEFT__HART_FREE, __ATOMIC_RELEASE);
        rc = WEFT_ERR_TIMEOUT;
    }
    return rc;
}

int weft_port_thread_start(weft_port_thread_t *thread, weft_port_thread_fn *run,
                           void *ctx)
{
    struct weft__crew *hart = NULL;
    int rc = WEFT_ERR_UNSUPPORTED;

    if (WEFT_CORES > 1) {
        rc = take_one(&hart, false);
        rc = rc == WEFT_ERR_UNSUPPORTED ? take_one(&hart, true) : rc;
    }
    if (rc != 0) {
        return rc;
    }
    thread->run = run;
    thread->ctx = ctx;
    thread->handle[0] = 0;
    __atomic_store_n(&hart->thread, (uintptr_t)thread, __ATOMIC_RELEASE);
    weft_port_wake(&hart->thread);
    return 0;
}

void weft_port_thread_join(weft_port_thread_t *thread)
{
    const uintptr_t *ended = &thread->handle[0];

    WEFT_ASSERT(!weft__in_trap(), "join in an interrupt");
    while (__atomic_load_n(ended, __ATOMIC_ACQUIRE) == 0) {
        weft_port_sleep(ended, 0, UINT64_MAX);
    }
}
