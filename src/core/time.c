/* time.c - now, deadlines and the ticker
 * SPDX-License-Identifier: MIT
 */
#include "weft/time.h"
#include "weft/base/hooks.h"
#include "weft/port.h"

uint64_t weft_now_us(void)
{
    return weft_port_now_us();
}

static uint64_t add(uint64_t a, uint64_t b)
{
    return a > WEFT_FOREVER - b ? WEFT_FOREVER : a + b;
}

uint64_t weft_deadline(uint64_t from_now_us)
{
    uint64_t step_us = from_now_us > 0 ? weft_port_clock_step_us : 0;

    return add(add(weft_port_now_us(), step_us), from_now_us);
}

void weft_ticker_init(weft_ticker_t *ticker, uint64_t period_us)
{
    WEFT_ASSERT(period_us > 0, "a ticker with a period of 0");
    ticker->period_us = period_us;
    ticker->next_us = weft_deadline(period_us);
    ticker->missed = 0;
}

uint64_t weft_ticker_next(weft_ticker_t *ticker)
{
    uint64_t now = weft_port_now_us();
    uint64_t point = ticker->next_us;

    if (now > point) {
        uint64_t skipped = (now - point) / ticker->period_us;
        uint64_t room = UINT32_MAX - ticker->missed;
        ticker->missed += (uint32_t)(skipped < room ? skipped : room);
        point += skipped * ticker->period_us;
    }
    ticker->next_us = add(point, ticker->period_us);
    return point;
}
