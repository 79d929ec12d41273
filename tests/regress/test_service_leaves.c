/* test_service_leaves.c - a service that stops while a wake is on its way to it
 * SPDX-License-Identifier: MIT
 *
 * A stop comes just when a loop of the service is due: the end of its wait and
 * the wake by its timer are both in the loop's queue. The second one found the
 * service gone.
 */
#include "tests/support/cores.h"

static weft_service_loop_t ticking;
static int ticks;

static void tick(weft_service_t *service, weft_service_loop_t *loop)
{
    (void)service;
    (void)loop;
    ticks++;
}

static int set_loop(weft_service_t *service, weft_request_t *request)
{
    (void)request;
    return weft_service_loop_set(service, &ticking, tick, 100);
}

static int unset_loop(weft_service_t *service, weft_request_t *request)
{
    (void)request;
    weft_service_loop_unset(service, &ticking);
    return WEFT_OK;
}

static void step(weft_loop_t *loop)
{
    while (weft_loop_step(loop) <= weft_now_us()) {}
}

CASE(a_service_that_is_due_and_stopped_at_once_leaves_nothing_behind)
{
    static const weft_service_type_t type = {
        .name = "ticker", .on_start = set_loop, .on_stop = unset_loop};
    weft_loop_t loop;
    weft_service_t service;
    weft_request_t request = WEFT_FUTURE_INIT;

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_service_init(&service, &type, &loop.executor), 0);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(weft_service_start(&service, &request), 0);
        step(&loop);
        CHECK_EQ(weft_future_result(&request), 0);
        stand_until(weft_now_us() + 200);
        CHECK_EQ(weft_service_stop(&service, &request), 0);
        step(&loop);
        CHECK_EQ(weft_future_result(&request), 0);
    }
    weft_loop_deinit(&loop);
}
