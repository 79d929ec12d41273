/* main.c - a worker pool: jobs in one channel, results in another
 * SPDX-License-Identifier: MIT
 *
 * Four fibers take jobs until the channel is closed. They run on two threads;
 * how many do does not change the program.
 */
#include <stdio.h>

#include "weft/weft.h"

enum { WORKERS = 4, JOBS = 20 };

struct result {
    int number;
    int divisors;
};

WEFT_CHANNEL_DEFINE(jobs, int, 4);
WEFT_CHANNEL_DEFINE(results, struct result, 4);

static int count_divisors(int number)
{
    int count = 0;

    for (int i = 1; i <= number; i++) {
        count += number % i == 0;
    }
    return count;
}

static int works(void *ctx)
{
    int number;

    (void)ctx;
    while (weft_channel_recv(&jobs, &number) == WEFT_OK) {
        struct result result = {number, count_divisors(number)};
        int rc = weft_channel_send(&results, &result);
        if (rc < 0) {
            return rc;
        }
    }
    return WEFT_OK;
}

static int hands_out(void *ctx)
{
    (void)ctx;
    for (int number = 1; number <= JOBS; number++) {
        (void)weft_channel_send(&jobs, &number);
    }
    return weft_channel_close(&jobs); /* workers drain it, then end */
}

int main(void)
{
    static weft_pool_t pool;
    static weft_pool_worker_t threads[2];
    static weft_stack_pool_t stacks;
    static unsigned char memory[(WORKERS + 2) * 16384]; /* of the stacks */
    static weft_fiber_t fibers[WORKERS + 1];
    int divisors[JOBS + 1] = {0};
    weft_scope_t scope;

    weft_stack_pool_init(&stacks,
                         &(weft_stack_config_t){.size = 16384,
                                                .memory = memory,
                                                .memory_size = sizeof(memory)});
    weft_pool_init(&pool,
                   &(weft_pool_config_t){.workers = threads, .count = 2});
    if (weft_pool_start(&pool, 2) < 0) {
        fprintf(stderr, "no threads\n");
        return 1;
    }
    weft_scope_open(&scope, WEFT_SCOPE_FAIL_FAST, WEFT_FOREVER);
    for (int i = 0; i <= WORKERS; i++) {
        weft_fiber_init_pooled(&fibers[i], i == 0 ? "boss" : "worker", &stacks);
        (void)weft_scope_spawn_on(
            &scope, &pool.executor,
            weft_fiber_task(&fibers[i], i == 0 ? hands_out : works, NULL));
    }
    for (int i = 0; i < JOBS; i++) { /* in the order they are done */
        struct result result;
        if (weft_channel_recv(&results, &result) == WEFT_OK) {
            divisors[result.number] = result.divisors;
        }
    }
    for (int number = 1; number <= JOBS; number++) {
        printf("%d has %d\n", number, divisors[number]);
    }
    printf("joined: %d\n", weft_scope_join(&scope));
    weft_pool_stop(&pool);
    weft_pool_join(&pool);
    weft_pool_deinit(&pool);
    weft_stack_pool_deinit(&stacks);
    return 0;
}
