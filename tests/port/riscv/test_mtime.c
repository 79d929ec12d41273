/* test_mtime.c - riscv: the counter's carry, jumps, the comparator
 * SPDX-License-Identifier: MIT
 *
 * In machine mode mtime can be written: cases put it where they need it, never
 * back.
 */
#include "tests/support/test.h"
#include "weft/base/hooks.h"
#include "weft/port.h"
#include "weft/weft.h"

#define MTIME ((volatile uint32_t *)(0x02000000 + 0xbff8))
#define TICKS_PER_US 10u

static uint64_t ticks(void)
{
    return (uint64_t)MTIME[1] << 32 | MTIME[0];
}

/* Up only: the high half first would go beyond. */
static void set_ticks(uint64_t to)
{
    unsigned key = weft_hook_mask();

    MTIME[0] = 0;
    MTIME[1] = (uint32_t)(to >> 32);
    MTIME[0] = (uint32_t)to;
    weft_hook_unmask(key);
}

/* So far before the low half comes round the next time. */
static void set_before_carry(uint32_t us)
{
    set_ticks((ticks() | UINT32_MAX) - us * TICKS_PER_US);
}

static void sleep_until(uint64_t deadline_us)
{
    static const uintptr_t word;

    while (weft_port_now_us() < deadline_us) {
        weft_port_sleep(&word, 0, deadline_us);
    }
}

CASE(time_goes_on_over_the_carry)
{
    for (int round = 0; round < 20; round++) {
        set_before_carry(100);
        uint64_t begin_us = weft_port_now_us();
        uint64_t last_us = begin_us;
        while (last_us < begin_us + 300) {
            uint64_t now_us = weft_port_now_us();
            CHECK(now_us >= last_us);
            CHECK(now_us < begin_us + 10000000);
            last_us = now_us;
        }
    }
}

CASE(a_sleep_over_the_carry_ends_in_time)
{
    for (uint64_t us = 1; us < 2000; us += 199) {
        set_before_carry(500);
        uint64_t deadline_us = weft_port_now_us() + us;
        sleep_until(deadline_us);
        CHECK(weft_port_now_us() >= deadline_us);
        CHECK(weft_port_now_us() < deadline_us + 1000000);
    }
}

/* --- a debugger held all harts, and mtime went on */

enum { TIMERS = 5 };

struct jump {
    weft_loop_t loop;
    weft_timer_t timers[TIMERS];
    weft_timer_t jump;
    int order[TIMERS];
    int fired;
};

static struct jump jump;

static void fire(weft_timer_t *timer, void *ctx)
{
    (void)ctx;
    jump.order[jump.fired++] = (int)(timer - jump.timers);
    if (jump.fired == TIMERS) {
        weft_loop_stop(&jump.loop);
    }
}

static void hold(weft_timer_t *timer, void *ctx)
{
    (void)timer;
    (void)ctx;
    set_ticks(ticks() + UINT64_C(7200) * 1000000 * TICKS_PER_US);
}

CASE(timers_that_a_halt_went_past_fire_at_once_and_in_order)
{
    uint64_t hour_us = weft_deadline(UINT64_C(3600) * 1000000);

    CHECK_EQ(weft_loop_init(&jump.loop, NULL), 0);
    for (int i = 0; i < TIMERS; i++) {
        weft_timer_init(&jump.timers[i], &jump.loop, fire, NULL);
        weft_timer_start(&jump.timers[i], hour_us - (uint64_t)i);
    }
    weft_timer_init(&jump.jump, &jump.loop, hold, NULL);
    weft_timer_start(&jump.jump, weft_deadline(1000));
    CHECK_EQ(weft_loop_run(&jump.loop), 0);
    for (int i = 0; i < TIMERS; i++) {
        CHECK_EQ(jump.order[i], TIMERS - 1 - i);
    }
    weft_loop_deinit(&jump.loop);
}

static void jump_ahead(void *ctx)
{
    (void)ctx;
    set_ticks(ticks() + UINT64_C(7200) * 1000000 * TICKS_PER_US);
}

/* It sleeps meanwhile: the comparator sees the new time. */
CASE(a_halt_ends_a_sleep_that_it_went_past)
{
    weft_port_thread_t thread = {0};
    uint64_t deadline_us = weft_port_now_us() + UINT64_C(3600) * 1000000;

    CHECK_STARTED(weft_port_thread_start(&thread, jump_ahead, NULL));
    sleep_until(deadline_us);
    weft_port_thread_join(&thread);
}
