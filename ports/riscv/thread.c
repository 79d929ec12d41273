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

static struct weft__hart *take_free(void)
{
    for (unsigned i = 0; i < weft_port_core_count(); i++) {
        uintptr_t none = WEFT__HART_FREE;
        if (__atomic_compare_exchange_n(&weft__harts[i].thread, &none,
                                        WEFT__HART_TAKEN, false,
                                        __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
            return &weft__harts[i];
        }
    }
    return NULL;
}

static bool comes_up(const struct weft__hart *hart)
{
    uint64_t limit_us = weft_port_now_us() + WEFT_HART_START_US;

    while (__atomic_load_n(&hart->up, __ATOMIC_ACQUIRE) == 0) {
        if (weft_port_now_us() >= limit_us) {
            return false;
        }
        weft_port_sleep(&hart->up, 0, limit_us);
    }
    return true;
}

int weft_port_thread_start(weft_port_thread_t *thread, weft_port_thread_fn *run,
                           void *ctx)
{
    struct weft__hart *hart = WEFT_CORES > 1 ? take_free() : NULL;

    if (hart == NULL) {
        return WEFT_ERR_UNSUPPORTED;
    }
    if (!comes_up(hart)) {
        __atomic_store_n(&hart->thread, WEFT__HART_FREE, __ATOMIC_RELEASE);
        return WEFT_ERR_TIMEOUT;
    }
    *thread = (weft_port_thread_t){.run = run, .ctx = ctx};
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
