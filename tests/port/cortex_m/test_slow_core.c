/* test_slow_core.c - a core that takes long to start has the same time
 * SPDX-License-Identifier: MIT
 *
 * Longer than the counter needs for a wrap, where that has 16 bits:
 * boards/qemu-m33/more_tests.sh.
 */
#include "tests/support/test.h"
#include "weft/base/atomic.h"
#include "weft/base/hooks.h"
#include "weft/cortex_m.h"
#include "weft/port.h"
#include "weft/weft.h"

/* Of the board, where it has two cores. */
__attribute__((weak)) void board_core_release(unsigned core,
                                              const void *vectors);

/* In place of the board's. */
void weft_cortex_m_core_start(unsigned core, const void *vectors)
{
    uint64_t until_us = weft_port_now_us() + WEFT_MS(80);

    while (weft_port_now_us() < until_us) {
        weft_hook_spin();
    }
    board_core_release(core, vectors);
}

static uint64_t its_us;
static uintptr_t answered;

static void tell_the_time(void *ctx)
{
    (void)ctx;
    its_us = weft_port_now_us();
    weft_atomic_store_release_word(&answered, 1);
}

/* Some wraps may be lost, since the emulator stops for a while. */
CASE(a_core_that_starts_slowly_has_the_time_of_the_first)
{
    weft_port_thread_t thread = {0};
    uint64_t begin_us = weft_port_now_us();

    CHECK_STARTED(weft_port_thread_start(&thread, tell_the_time, NULL));
    while (weft_atomic_load_acquire_word(&answered) == 0) {
        weft_hook_spin();
    }
    CHECK(its_us >= begin_us + WEFT_MS(40));
    CHECK(its_us <= weft_port_now_us() + WEFT_MS(40));
    weft_port_thread_join(&thread);
}
