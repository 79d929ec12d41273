/* watchdog.c - bites when it is not fed in time
 * SPDX-License-Identifier: MIT
 */
#include "sim/devices/devices.h"

static void on_time(weft_timer_t *timer, void *ctx)
{
    weft_sim_board_t *sim = ctx;
    unsigned timeout_ms = sim->watchdog.timeout_ms;

    (void)timer;
    sim->watchdog.timeout_ms = 0;
    WEFT__BOARD_TELL(sim, bite, timeout_ms);
}

static void start(weft_sim_board_t *sim)
{
    weft_sim_watchdog_t *dog = &sim->watchdog;

    dog->deadline_us = weft_deadline(WEFT_MS(dog->timeout_ms));
    weft_timer_start(&dog->timer, dog->deadline_us);
}

int weft__board_watchdog_start(weft_board_t *board, unsigned timeout_ms)
{
    weft_sim_board_t *sim = weft__board_sim(board);

    if (timeout_ms == 0) {
        return WEFT_ERR_INVALID;
    }
    sim->watchdog.timeout_ms = timeout_ms;
    start(sim);
    return 0;
}

int weft__board_watchdog_feed(weft_board_t *board)
{
    weft_sim_board_t *sim = weft__board_sim(board);

    /* A task that ran for too long may get here before the timer does: the
       real one has bitten by then. */
    if (sim->watchdog.timeout_ms != 0 &&
        weft_now_us() < sim->watchdog.deadline_us) {
        start(sim);
    }
    return 0;
}

void weft__board_watchdog_init(weft_sim_board_t *sim)
{
    weft_timer_init(&sim->watchdog.timer, sim->loop, on_time, sim);
}

void weft__board_watchdog_reset(weft_sim_board_t *sim)
{
    sim->watchdog.timeout_ms = 0;
    (void)weft_timer_stop(&sim->watchdog.timer);
}
