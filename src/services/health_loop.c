/* health_loop.c - a loop as a party: alive unless one run does not end
 * SPDX-License-Identifier: MIT
 */
#include "weft/health.h"

static bool probe(weft_health_party_t *party)
{
    weft_health_loop_t *watch =
        WEFT_CONTAINER_OF(party, weft_health_loop_t, party);
    weft_look_t last = watch->look;

    watch->look = weft_loop_look(watch->loop);
    return !weft_look_same(last, watch->look);
}

void weft_health_loop_init(weft_health_loop_t *watch, const char *name,
                           const weft_loop_t *loop, uint64_t period_us)
{
    *watch = (weft_health_loop_t){
        .party = {.name = name, .period_us = period_us, .probe = probe},
        .loop = loop,
    };
}
