/* example_main.c - runs an example's main on a simulated machine
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "weft/sim.h"

int example_main(void);

static void run(void *ctx)
{
    int *status = ctx;

    *status = example_main();
}

int main(void)
{
    int status = 0;
    weft_sim_config_t config = {.seed = 1};
    int rc = weft_sim_run(&config, run, &status);

    if (rc != 0) {
        fprintf(stderr, "the simulation ended with error %d\n", rc);
        return 1;
    }
    return status;
}
