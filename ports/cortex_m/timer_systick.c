/* timer_systick.c - cortex_m: SysTick, which every Cortex-M has
 * SPDX-License-Identifier: MIT
 *
 * It counts down in rounds of at most 2^24 and interrupts at the end of each.
 * An alarm that lies inside of the round cuts it short: the counter starts
 * anew, and what it showed is added to the counts of the rounds before. That
 * costs the clock the few cycles in between, each time; take a timer of the
 * chip where this matters. Each round must be seen by its interrupt before
 * the next one ends. One core only.
 */
#ifdef WEFT_TIMER_SYSTICK

#include "ports/cortex_m/cortex_m.h"
#include "ports/cortex_m/mask.h"
#include "ports/cortex_m/timer.h"

WEFT_STATIC_ASSERT(WEFT_CORES == 1, "each core has a SysTick of its own");
WEFT_STATIC_ASSERT(WEFT_COUNTER_BITS == 32, "the rounds are put together");

#define CONTROL WEFT__REGISTER(0xe000e010u)
#define LOAD WEFT__REGISTER(0xe000e014u)
#define VALUE WEFT__REGISTER(0xe000e018u)
#define PENDING WEFT__REGISTER(0xe000ed04u)
#define PRIORITY WEFT__REGISTER(0xe000ed20u)

enum {
    ON = 7, /* counts the processor's clock, and interrupts */
    IS_PENDING = 1 << 26,
    NOT_PENDING = 1 << 25,
    LONGEST = 0xffffff,
    SHORTEST = 64, /* cycles: mostly enough to start one */
};

static uint32_t before; /* counts of the rounds that the interrupt has seen */
static uint32_t load;   /* of the round after those; all later are LONGEST */

void weft__timer_start(void)
{
    /* The first wrap comes soon: what is wrong with it is seen in each run. */
    before = 0u - WEFT_COUNTER_HZ / 50;
    load = LONGEST;
    LOAD = LONGEST;
    VALUE = 0;
    CONTROL = ON;
    while (VALUE == 0) {} /* a cycle */
}

/* That of the most urgent interrupt that may ask for the time: it would find
 * the round over, no longer pending and not yet added, if it came between the
 * entry of weft_systick and its first lines. */
void weft__timer_core_start(void)
{
    PRIORITY = (PRIORITY & 0xffffffu) | weft__most_urgent() << 24;
}

/* At 0 the interrupt is pending already, but the round has one count left. */
uint32_t weft__timer_count(void)
{
    uint32_t value = VALUE;
    uint32_t ended = PENDING & IS_PENDING;

    if (ended != 0) {
        value = VALUE;
    }
    if (ended != 0 && value != 0) {
        return before + load + 1 + (LONGEST - value);
    }
    return before + (load - value);
}

/* False: it ended before the next one was told to be LONGEST. */
static bool starts_round(uint32_t counts)
{
    load = counts - 1;
    LOAD = load;
    VALUE = 0;
    PENDING = NOT_PENDING;
    while (VALUE == 0) {} /* a cycle */
    LOAD = LONGEST;
    return (PENDING & IS_PENDING) == 0;
}

/* A fetch from slow memory, or a debugger, may hold us up for more than the
 * round, and then nobody knows how many there were: one is counted, and a
 * longer one begun. */
static void start_round(uint32_t counts)
{
    before = weft__timer_count();
    while (!starts_round(counts)) {
        before += counts;
        counts = counts < LONGEST / 2 ? counts * 2 : LONGEST;
    }
}

void weft__timer_alarm(uint32_t from, uint32_t left)
{
    uint32_t passed = weft__timer_count() - from;
    uint32_t counts = passed + SHORTEST < left ? left - passed : SHORTEST;

    if ((PENDING & IS_PENDING) == 0 && counts < VALUE) {
        start_round(counts);
    }
}

void weft_systick(void)
{
    uint32_t key = weft__primask_raise();

    before += load + 1;
    load = LONGEST;
    weft__primask_restore(key);
    weft__clock_alarm();
}

#else
typedef int weft__no_timer_systick;
#endif
