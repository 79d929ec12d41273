/* main.c - a pipeline of three fibers, cancelled in the middle of its work
 * SPDX-License-Identifier: MIT
 *
 * One counts without end, one squares, one adds up until it has enough and
 * fails; the scope then cancels the others, whose waits return
 * WEFT_ERR_CANCELLED, and join returns when all have ended.
 */
#include <stdio.h>

#include "weft/weft.h"

enum { ENOUGH = WEFT_ERR_USER - 1 };

static unsigned char stack_memory[5 * 16384]; /* of four fibers */

WEFT_CHANNEL_DEFINE(counted, int, 0); /* 0: each send waits for its recv */
WEFT_CHANNEL_DEFINE(squared, int, 4);

static int ended(const char *name, int rc)
{
    printf("%s: %s\n", name,
           rc == WEFT_ERR_CANCELLED ? "cancelled" : "has enough");
    return rc;
}

static int counts(void *ctx)
{
    int rc = WEFT_OK;

    (void)ctx;
    for (int n = 1; rc == WEFT_OK; n++) {
        rc = weft_channel_send(&counted, &n);
    }
    return ended("counts", rc);
}

static int squares(void *ctx)
{
    int rc = WEFT_OK;
    int n;

    (void)ctx;
    while (rc == WEFT_OK && (rc = weft_channel_recv(&counted, &n)) == WEFT_OK) {
        n *= n;
        rc = weft_channel_send(&squared, &n);
    }
    return ended("squares", rc);
}

static int adds(void *ctx)
{
    int sum = 0;
    int n;

    (void)ctx;
    while (weft_channel_recv(&squared, &n) == WEFT_OK) {
        sum += n;
        if (sum > 1000) {
            printf("sum %d\n", sum);
            return ended("adds", ENOUGH);
        }
    }
    return WEFT_ERR_CANCELLED;
}

static int pipeline(void *ctx)
{
    static weft_fiber_fn *const stage[3] = {counts, squares, adds};
    static weft_fiber_t fibers[3];
    weft_stack_pool_t *stacks = ctx;
    weft_scope_t scope;

    weft_scope_open(&scope, WEFT_SCOPE_FAIL_FAST, WEFT_FOREVER);
    for (int i = 0; i < 3; i++) {
        weft_fiber_init_pooled(&fibers[i], "stage", stacks);
        (void)weft_scope_spawn(&scope,
                               weft_fiber_task(&fibers[i], stage[i], NULL));
    }
    return weft_scope_join(&scope);
}

int main(void)
{
    static weft_loop_t loop;
    static weft_stack_pool_t stacks;
    static weft_fiber_t first;
    weft_stack_config_t config = {
        .size = 16384,
        .memory = stack_memory,
        .memory_size = sizeof(stack_memory),
    };
    int rc;

    weft_loop_init(&loop, NULL);
    weft_stack_pool_init(&stacks, &config);
    weft_fiber_init_pooled(&first, "pipeline", &stacks);
    rc = weft_loop_run_task(&loop, weft_fiber_task(&first, pipeline, &stacks));
    printf("joined: %s\n", rc == ENOUGH ? "enough" : "something else");
    weft_stack_pool_deinit(&stacks);
    weft_loop_deinit(&loop);
    return 0;
}
