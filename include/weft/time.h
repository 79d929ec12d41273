/* time.h - microseconds, deadlines, and a ticker without drift
 * SPDX-License-Identifier: MIT
 *
 * Time is a uint64_t of microseconds since some start. It never goes back and
 * never wraps. A limit is always a deadline, a point in time; make one from a
 * span with weft_deadline(WEFT_MS(250)).
 *
 * Example:
 *
 *     weft_ticker_t ticker;
 *     weft_ticker_init(&ticker, WEFT_MS(10));
 *     for (;;) {
 *         WEFT_SLEEP_UNTIL(weft_ticker_next(&ticker));
 *         sample();
 *     }
 *
 * (In a task the ticker lives in the frame.)
 *
 * Context: any, interrupts too; a ticker has one user. Memory: the caller's.
 */
#ifndef WEFT_TIME_H
#define WEFT_TIME_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WEFT_US(n) ((uint64_t)(n))
#define WEFT_MS(n) ((uint64_t)(n)*1000u)
#define WEFT_S(n) ((uint64_t)(n)*1000000u)

/* The deadline that never comes. */
#define WEFT_FOREVER UINT64_MAX

uint64_t weft_now_us(void);

/* That long from now; WEFT_FOREVER when the sum does not fit. Where a clock
 * goes on in steps, one step more: weft_now_us may be behind by that. */
uint64_t weft_deadline(uint64_t from_now_us);

/* Sleeps, in a fiber or a thread, which it blocks: 0; WEFT_ERR_CANCELLED. A
 * time that has passed lets others run once. A task uses WEFT_SLEEP. */
int weft_sleep(uint64_t us);
int weft_sleep_until(uint64_t deadline_us);

/* Points in time at a fixed distance, computed from the first one, so that
 * late use does not shift the later ones. */
typedef struct weft_ticker {
    uint64_t next_us;
    uint64_t period_us;
    uint32_t missed; /* points skipped because they had passed; never wraps */
} weft_ticker_t;

/* The first point is one period from now. A period of 0 is an assertion. */
void weft_ticker_init(weft_ticker_t *ticker, uint64_t period_us);

/* The next point in time. Points that have passed are skipped, but for the
 * newest, and counted in missed. Arithmetic only: it does not wait. */
uint64_t weft_ticker_next(weft_ticker_t *ticker);

#ifdef __cplusplus
}
#endif

#endif
