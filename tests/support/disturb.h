/* disturb.h - an interrupt that comes at any moment, a few times
 * SPDX-License-Identifier: MIT
 *
 *     struct disturb disturb = {.handler = set, .ctx = &event, .times = 4};
 *
 *     disturb_begin(&disturb);
 *     ...
 *     disturb_end(&disturb);
 *
 * In the simulator between any two steps of core 0, by the seed. On a board
 * the least urgent level has an alarm every few microseconds and presses the
 * button, whose interrupt preempts it; without levels it is pressed at once.
 * A board repeats the case: CASE_DISTURBED.
 */
#ifndef WEFT_TEST_DISTURB_H
#define WEFT_TEST_DISTURB_H

#include "tests/support/cores.h"
#include "tests/support/handler.h"

#if TEST_ON_BOARD
#define CASE_DISTURBED(name)                                                   \
    static void disturbed__##name(void);                                       \
    CASE(name)                                                                 \
    {                                                                          \
        for (int round = 0; round < RACE_ROUNDS; round++) {                    \
            disturbed__##name();                                               \
        }                                                                      \
    }                                                                          \
    static void disturbed__##name(void)
#else
#define CASE_DISTURBED(name) CASE_INTERRUPT(name)
#endif

struct disturb {
    test_handler_fn *handler;
    void *ctx;
    unsigned times;
    uint64_t at_us; /* once more at this time, for sure, and on a board, which
                     * may be slow, every millisecond from then on; 0: no */
    /* private */
    unsigned rarely; /* in the simulator one in so many steps, at most; 20 */
#if TEST_IN_SIM
    weft_sim_interrupt_t interrupt;
#elif TEST_ON_BOARD
    weft_port_level_t level;
    bool begun;
#endif
};

#if TEST_IN_SIM
static inline void disturb_begin(struct disturb *disturb)
{
    unsigned rarely = disturb->rarely == 0 ? 20 : disturb->rarely;

    disturb->interrupt =
        (weft_sim_interrupt_t){.handler = disturb->handler,
                               .ctx = disturb->ctx,
                               .times = disturb->times,
                               .at_us = disturb->at_us,
                               .one_in = 1 + (unsigned)some(rarely)};
    weft_sim_interrupt_attach(&disturb->interrupt);
}

static inline void disturb_end(struct disturb *disturb)
{
    weft_sim_interrupt_remove(&disturb->interrupt);
}

/* How often it will still come. */
static inline unsigned disturb_left(const struct disturb *disturb)
{
    return disturb->interrupt.times;
}
#elif TEST_ON_BOARD
enum { DISTURB_US = 100 };

static struct disturb *disturb__here;

static inline void disturb__pressed(void)
{
    struct disturb *disturb = disturb__here;

    CHECK(weft_port_in_interrupt());
    disturb->handler(disturb->ctx);
}

/* In the level: the first run only sets the alarm. */
static inline void disturb__run(void *ctx)
{
    struct disturb *disturb = (struct disturb *)ctx;
    uint64_t next_us = UINT64_MAX;

    if (disturb->begun) {
        disturb->times -= disturb->times > 0;
        board_press();
    }
    disturb->begun = true;
    if (disturb->times > 0) {
        next_us = weft_port_now_us() + some(DISTURB_US);
    } else if (disturb->at_us != 0) {
        next_us = disturb->at_us;
        disturb->at_us = weft_port_now_us() + WEFT_MS(1);
    }
    weft_port_level_alarm(&disturb->level, next_us);
}

static inline void disturb_begin(struct disturb *disturb)
{
    disturb__here = disturb;
    disturb->begun = false;
    board_button_on_press(disturb__pressed);
    if (weft_port_levels() > 0) {
        CHECK_EQ(
            weft_port_level_open(&disturb->level, 1, disturb__run, disturb), 0);
        weft_port_level_pend(disturb->level.pend);
        return;
    }
    for (; disturb->times > 0; disturb->times--) {
        board_press();
    }
}

static inline void disturb_end(struct disturb *disturb)
{
    if (weft_port_levels() > 0) {
        weft_port_level_close(&disturb->level);
    }
    board_button_on_press(NULL);
}

static inline unsigned disturb_left(const struct disturb *disturb)
{
    return disturb->times;
}
#else
static inline void disturb_begin(struct disturb *disturb)
{
    handle(disturb->handler, disturb->ctx);
}

static inline void disturb_end(struct disturb *disturb)
{
    (void)disturb;
}

static inline unsigned disturb_left(const struct disturb *disturb)
{
    return disturb->times;
}
#endif

#endif
