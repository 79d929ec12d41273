/* test_every_health.c - reports and looks in all schedules
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/explore.h"

static weft_loop_t loop;
static weft_health_t health;
static weft_health_party_t party;
static struct weft_health_register entry;
static weft_request_t start;
static weft_request_t stop;

static void feed(void *ctx)
{
    (void)ctx;
    if (weft_service_state(&health.service) == WEFT_SERVICE_SERVING) {
        (void)weft_service_stop(&health.service, &stop);
        weft_loop_stop(&loop);
    }
}

static void pause_at_ten(void *ctx)
{
    (void)ctx;
    weft_sim_sleep_until(10);
    weft_health_pause(&party);
}

EXPLORE(a_pause_during_a_look_is_not_lost)
{
    weft_health_config_t config = {.feed = feed, .interval_us = 10};

    party = (weft_health_party_t){.name = "party", .period_us = 5};
    entry = (struct weft_health_register){.party = &party};
    start = stop = (weft_request_t)WEFT_FUTURE_INIT;
    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_health_init(&health, &config, &loop.executor), 0);
    CHECK_EQ(weft_service_start(&health.service, &start), 0);
    CHECK_EQ(weft_health_register_send(&health.service, &entry), 0);
    (void)weft_loop_step(&loop);
    weft_health_alive(&party);
    side(pause_at_ten, NULL);
    CHECK_EQ(weft_loop_run(&loop), 0);
    sides_join();
    CHECK_EQ(party.word, WEFT__HEALTH_PAUSED);
    weft_loop_deinit(&loop);
}
