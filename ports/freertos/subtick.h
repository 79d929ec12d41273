/* subtick.h - freertos: the time within a tick, or a clock without ticks
 * SPDX-License-Identifier: MIT
 *
 * One of three, and FreeRTOSConfig.h may say which:
 *
 *   WEFT_FREERTOS_CLOCK_US()  a 64-bit clock in microseconds that never goes
 *                             back, any context. ESP-IDF has one.
 *   WEFT_FREERTOS_SYSTICK 1   the SysTick of this core counts the kernel's
 *                             ticks, the usual way of a Cortex-M with one
 *                             core: its counter gives the rest.
 *   neither                   time goes on in ticks: what has certainly
 *                             passed, and weft_deadline adds a tick.
 */
#ifndef WEFT_PORTS_FREERTOS_SUBTICK_H
#define WEFT_PORTS_FREERTOS_SUBTICK_H

#include "ports/freertos/kernel.h"

#if defined(ESP_PLATFORM) && !defined(WEFT_FREERTOS_CLOCK_US)
#include <esp_timer.h>
#define WEFT_FREERTOS_CLOCK_US() ((uint64_t)esp_timer_get_time())
#endif

#ifndef WEFT_FREERTOS_SYSTICK
#define WEFT_FREERTOS_SYSTICK (WEFT__CORTEX_M && WEFT__CORES == 1)
#endif

#if !defined(WEFT_FREERTOS_CLOCK_US) && !WEFT_FREERTOS_SYSTICK
#define WEFT__CLOCK_IN_TICKS 1
#else
#define WEFT__CLOCK_IN_TICKS 0
#endif

/* Where in the tick we are. A tick that is over but not counted yet, since
 * interrupts are off, is `more`. */
struct weft__subtick {
    unsigned more;
    uint32_t us;
};

#if WEFT_FREERTOS_SYSTICK

#define WEFT__SYST ((const volatile uint32_t *)0xe000e010)
#define WEFT__ICSR (*(const volatile uint32_t *)0xe000ed04)

#ifdef configSYSTICK_CLOCK_HZ
#define WEFT__SYSTICK_HZ configSYSTICK_CLOCK_HZ
#else
#define WEFT__SYSTICK_HZ configCPU_CLOCK_HZ
#endif

/* Counts of the SysTick in microseconds, by a multiplication: the rate may be
 * a variable, but changes hardly ever. */
static inline uint32_t weft__systick_us(uint32_t counts)
{
    static uint32_t hz, factor;
    uint32_t now_hz = (uint32_t)WEFT__SYSTICK_HZ;

    if (hz != now_hz) {
        hz = now_hz;
        factor = (uint32_t)((UINT64_C(1000000) << 24) / now_hz);
    }
    return (uint32_t)((uint64_t)counts * factor >> 24);
}

/* With interrupts off. The counter goes down to 0, where the interrupt comes,
 * and on from its reload value. */
static inline struct weft__subtick weft__subtick(void)
{
    enum { ENABLED = 1, PENDING = 1 << 26 };
    struct weft__subtick at = {0, 0};
    uint32_t left = WEFT__SYST[2];
    uint32_t reload = WEFT__SYST[1];

    if ((WEFT__SYST[0] & ENABLED) == 0) {
        return at;
    }
    if ((WEFT__ICSR & PENDING) != 0) {
        at.more = 1;
        left = WEFT__SYST[2];
        left = left == 0 ? reload + 1 : left;
    }
    at.us = weft__systick_us(reload + 1 - left);
    return at;
}

#else

static inline struct weft__subtick weft__subtick(void)
{
    return (struct weft__subtick){0, 0};
}

#endif

#endif
