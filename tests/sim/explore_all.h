/* explore_all.h - searches that are to find no failure
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_TEST_EXPLORE_ALL_H
#define WEFT_TEST_EXPLORE_ALL_H

#include "tests/support/test.h"
#include "weft/sim.h"

static inline weft_sim_explored_t explore_all(weft_sim_fn *program, void *ctx,
                                              unsigned preemptions)
{
    weft_sim_explore_config_t config = {.preemptions_max = preemptions};
    weft_sim_explored_t out;

    CHECK_EQ(weft_sim_explore(&config, program, ctx, &out), 0);
    return out;
}

#endif
