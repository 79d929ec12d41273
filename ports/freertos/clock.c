/* clock.c - freertos: microseconds from the kernel's ticks
 * SPDX-License-Identifier: MIT
 *
 * The kernel's count may wrap, in 65 s where a tick has 16 bits. What has gone
 * by since the last look is added to whole seconds and the ticks of this one,
 * so that no rate needs a 64-bit division; somebody must look once per wrap,
 * which every sleeper does.
 *
 * Ticks that come while the scheduler is suspended are counted by the kernel
 * when it goes on. An interrupt that asks meanwhile would see time go back:
 * for it the clock stands still.
 */
#include "ports/freertos/clock.h"

#include "ports/freertos/subtick.h"
#include "weft/base/spinlock.h"
#include "weft/port.h"

#define HZ ((uint32_t)(configTICK_RATE_HZ))
#define SECOND_US UINT32_C(1000000)

/* Half of the counter's range, and its time. */
#define MOST_TICKS ((TickType_t)((TickType_t) ~(TickType_t)0 / 2))
#define MOST_US ((uint64_t)(MOST_TICKS - 1) * SECOND_US / HZ)

/* Of a clock that knows ticks only, and of the fractions that it leaves out. */
const uint32_t weft_port_clock_step_us =
    WEFT__CLOCK_IN_TICKS ? SECOND_US / HZ + (SECOND_US % HZ == 0 ? 0 : 2) : 0;

/* When it is, and when the tick that we are in began. */
struct moment {
    uint64_t now_us;
    uint64_t tick_us;
};

#ifdef WEFT_FREERTOS_CLOCK_US

static struct moment look(void)
{
    uint64_t now_us = WEFT_FREERTOS_CLOCK_US();
    uint64_t tick_us = SECOND_US / HZ + 1u;

    /* The tick may have begun right after the last one. */
    return (struct moment){now_us, now_us < tick_us ? 0 : now_us - tick_us};
}

#else

static struct {
    weft_spinlock_t lock;
    TickType_t seen; /* of the kernel */
    uint32_t seconds;
    uint32_t ticks; /* of this second */
    uint64_t last_us;
} kept;

static void count_on(TickType_t ticks)
{
    uint32_t gone = (uint32_t)(TickType_t)(ticks - kept.seen);

    kept.seen = ticks;
    if (gone >= HZ) {
        kept.seconds += gone / HZ;
        gone %= HZ;
    }
    kept.ticks += gone;
    if (kept.ticks >= HZ) {
        kept.ticks -= HZ;
        kept.seconds++;
    }
}

static uint64_t ticks_us(uint32_t ticks)
{
    return SECOND_US % HZ == 0 ? (uint64_t)ticks * (SECOND_US / HZ)
                               : (uint64_t)ticks * SECOND_US / HZ;
}

static struct moment look(void)
{
    unsigned key = weft_lock_mask(&kept.lock);
    struct weft__subtick at = weft__subtick();
    struct moment moment;

    count_on(xTaskGetTickCountFromISR());
    moment.tick_us =
        (uint64_t)kept.seconds * SECOND_US + ticks_us(kept.ticks + at.more);
    moment.now_us = moment.tick_us + at.us;
    if (moment.now_us < kept.last_us) {
        moment.now_us = kept.last_us;
    }
    kept.last_us = moment.now_us;
    weft_unlock_mask(&kept.lock, key);
    return moment;
}

#endif

uint64_t weft_port_now_us(void)
{
    return look().now_us;
}

TickType_t weft__clock_ticks_until(uint64_t deadline_us)
{
    struct moment moment = look();
    uint64_t left_us = deadline_us - moment.tick_us;

    if (deadline_us <= moment.now_us) {
        return 0;
    }
    if (left_us > MOST_US) {
        return MOST_TICKS;
    }
    return (TickType_t)((left_us * HZ + SECOND_US - 1) / SECOND_US);
}
