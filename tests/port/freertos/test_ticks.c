/* test_ticks.c - freertos: time at whatever rate the kernel's tick has
 * SPDX-License-Identifier: MIT
 *
 * Runs at 1000 Hz with the other tests; boards/qemu-m3-freertos/more_tests.sh
 * builds it for other rates, for ticks of 16 bits and for a count that can be
 * moved.
 */
#include <FreeRTOS.h>
#include <task.h>

#include "tests/port/freertos/stopwatch.h"
#include "tests/support/handler.h"
#include "tests/support/test.h"
#include "weft/port.h"
#include "weft/weft.h"

/* One tick, and what the tests themselves take. */
#define TICK_US (1000000u / configTICK_RATE_HZ)
#define SLACK_US 300u

/* How far the clock is behind at worst: a build may leave out SysTick. */
#if defined(WEFT_FREERTOS_SYSTICK) && !WEFT_FREERTOS_SYSTICK
#define STEP_US (TICK_US + 2)
#else
#define STEP_US 0u
#endif

static void spin_us(uint32_t us)
{
    uint32_t from = stopwatch_now();

    while (stopwatch_us(from) < us) {}
}

/* Never shorter than asked, and at most a tick longer, two where the clock has
 * ticks only; from anywhere within a tick. */
static void check_wait(uint32_t us, unsigned rounds)
{
    for (unsigned i = 0; i < rounds; i++) {
        spin_us(i * TICK_US * 37 / 100 % TICK_US);
        uint32_t from = stopwatch_now();
        CHECK_EQ(weft_sleep(us), 0);
        uint32_t lasted_us = stopwatch_us(from);
        CHECK(lasted_us >= us);
        CHECK(lasted_us <= us + TICK_US + STEP_US + SLACK_US);
    }
}

CASE(a_wait_of_100_ms_lasts_100_ms)
{
    check_wait(100000, 8);
}

CASE(short_waits_are_never_early)
{
    static const uint32_t us[] = {1, 50, 999, 1000, 1001, 12345, 3 * TICK_US};

    for (unsigned i = 0; i < sizeof(us) / sizeof(us[0]); i++) {
        check_wait(us[i], 6);
    }
}

CASE(a_wait_for_nothing_ends_at_once)
{
    uint32_t from = stopwatch_now();

    for (int i = 0; i < 20; i++) {
        CHECK_EQ(weft_sleep(0), 0);
    }
    CHECK(stopwatch_us(from) < 20 * TICK_US / 2);
}

#if STEP_US == 0
CASE(the_clock_goes_on_within_a_tick)
{
    for (int i = 0; i < 20; i++) {
        uint64_t begin_us = weft_port_now_us();
        uint32_t from = stopwatch_now();
        spin_us(TICK_US * 17 / 100 + 20);
        uint32_t lasted_us = stopwatch_us(from);
        uint64_t seen_us = weft_port_now_us() - begin_us;
        CHECK(seen_us + 20 >= lasted_us);
        CHECK(seen_us <= lasted_us + 20);
    }
}
#else
/* Two timers of one loop: that one is awake for the first makes the second no
 * earlier. */
struct waiter {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    uint32_t us;
};
WEFT_TASK(waiter)
{
    WEFT_BEGIN;
    WEFT_SLEEP(self->us);
    return 0;
    WEFT_END;
}

CASE(a_wait_is_not_early_beside_others)
{
    for (uint32_t i = 0; i < 9; i++) {
        static weft_loop_t loop;
        struct waiter first = {.us = TICK_US};
        struct waiter second = {.us = 2 * TICK_US};

        weft_loop_init(&loop, NULL);
        spin_us(i * TICK_US * 37 / 100 % TICK_US);
        uint32_t from = stopwatch_now();
        CHECK_EQ(weft_spawn(&loop.executor, waiter_task(&first)), 0);
        CHECK_EQ(weft_loop_run_task(&loop, waiter_task(&second)), 0);
        CHECK(stopwatch_us(from) >= 2 * TICK_US);
        weft_loop_deinit(&loop);
    }
}
#endif

CASE(the_clock_is_right_over_many_ticks)
{
    uint64_t begin_us = weft_port_now_us();
    uint32_t from = stopwatch_now();

    for (int i = 0; i < 9; i++) {
        CHECK_EQ(weft_sleep(111111), 0);
    }
    uint64_t seen_us = weft_port_now_us() - begin_us;
    uint32_t lasted_us = stopwatch_us(from);
    CHECK(seen_us + 50 + STEP_US >= lasted_us);
    CHECK(seen_us <= lasted_us + 50 + STEP_US);
}

/* --- in interrupts, and while they are off */

static uint64_t last_us;

static void look(void *ctx)
{
    (void)ctx;
    uint64_t now_us = weft_port_now_us();
    CHECK(now_us >= last_us);
    last_us = now_us;
}

CASE(an_interrupt_sees_the_same_clock)
{
    last_us = weft_port_now_us();
    for (int i = 0; i < 200; i++) {
        handle(look, NULL);
        look(NULL);
        spin_us(TICK_US / 29);
    }
}

#if STEP_US == 0
/* A tick that is over is not counted yet: the clock knows. */
CASE(a_tick_that_waits_for_the_mask_is_seen)
{
    for (int i = 0; i < 10; i++) {
        unsigned key = weft_hook_mask();
        uint64_t begin_us = weft_port_now_us();
        uint32_t from = stopwatch_now();
        last_us = begin_us;
        while (stopwatch_us(from) < TICK_US * 9 / 10) {
            look(NULL);
        }
        uint64_t seen_us = weft_port_now_us() - begin_us;
        uint32_t lasted_us = stopwatch_us(from);
        weft_hook_unmask(key);
        CHECK(seen_us + 20 >= lasted_us);
        CHECK(seen_us <= lasted_us + 20);
        spin_us(TICK_US / 7);
    }
}
#endif

/* The kernel counts such ticks when the scheduler goes on: until then time
 * stands still at worst. */
CASE(time_never_goes_back_while_the_scheduler_is_suspended)
{
    uint64_t begin_us = last_us = weft_port_now_us();
    uint32_t from = stopwatch_now();

    vTaskSuspendAll();
    while (stopwatch_us(from) < 5 * TICK_US) {
        handle(look, NULL);
        look(NULL);
    }
    (void)xTaskResumeAll();
    look(NULL);
    uint64_t seen_us = weft_port_now_us() - begin_us;
    uint32_t lasted_us = stopwatch_us(from);
    CHECK(seen_us + 50 + STEP_US >= lasted_us);
    CHECK(seen_us <= lasted_us + 50 + STEP_US);
}

/* --- wraps */

/* The clock is the kernel's: 25 MHz by 1024 is no whole number of counts. */
CASE(the_count_of_16_bits_wraps)
{
    enum { DRIFT_US = 25000000 % configTICK_RATE_HZ == 0 ? 100 : 300 };

    if (!configUSE_16_BIT_TICKS) {
        SKIP("the kernel's count has 32 bits");
    }
    uint64_t begin_us = weft_port_now_us();
    uint32_t from = stopwatch_now();
    CHECK_EQ(weft_sleep(70 * UINT64_C(1000000)), 0);
    uint64_t seen_us = weft_port_now_us() - begin_us;
    uint32_t lasted_us = stopwatch_us(from);
    CHECK(lasted_us + DRIFT_US >= 70000000);
    CHECK(lasted_us <= 70000000 + TICK_US + SLACK_US + DRIFT_US);
    CHECK(seen_us + DRIFT_US >= lasted_us);
    CHECK(seen_us <= lasted_us + DRIFT_US);
}

CASE(the_count_of_32_bits_wraps)
{
#if configUSE_TICKLESS_IDLE
    TickType_t skipped;
    uint64_t begin_us = weft_port_now_us();

    vTaskSuspendAll();
    skipped = (TickType_t)-20 - xTaskGetTickCount();
    vTaskStepTick(skipped);
    (void)xTaskResumeAll();
    CHECK(weft_port_now_us() - begin_us >= (uint64_t)skipped * TICK_US);
    for (int i = 0; i < 5; i++) {
        check_wait(12345, 1);
    }
    CHECK(xTaskGetTickCount() < 1000);
    CHECK(weft_port_now_us() - begin_us >=
          (uint64_t)skipped * TICK_US + 5 * 12345);
    CHECK(weft_port_now_us() - begin_us <
          (uint64_t)skipped * TICK_US + UINT64_C(1000000));
#else
    SKIP("only a kernel with tickless idle lets its count be moved");
#endif
}
