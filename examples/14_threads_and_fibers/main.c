/* main.c - producers of three kinds, one channel, and a thread that consumes
 * SPDX-License-Identifier: MIT
 *
 * A fiber and a task send from the two threads of a pool, main() receives: it
 * is a thread like any other, and its calls block it. All three use the same
 * channel and the same words.
 */
#include <stdio.h>

#include "weft/weft.h"

enum { EACH = 100 };

WEFT_CHANNEL_DEFINE(numbers, int, 8);

static weft_pool_t pool;
static weft_pool_worker_t workers[2];
static weft_stack_pool_t stacks;

/* A fiber: its own stack, ordinary loops and calls. */
static int odd_numbers(void *ctx)
{
    int rc = WEFT_OK;

    (void)ctx;
    for (int n = 1; n < 2 * EACH && rc == WEFT_OK; n += 2) {
        rc = weft_channel_send(&numbers, &n);
    }
    return rc;
}

/* A stackless task: what must live across an await is in its frame. */
struct even_numbers {
    weft_pool_task_t task;
    weft_await_t await;
    int n;
};

WEFT_TASK(even_numbers)
{
    WEFT_BEGIN;
    for (self->n = 2; self->n <= 2 * EACH; self->n += 2) {
        WEFT_AWAIT(weft_channel_send, &numbers, &self->n);
    }
    WEFT_END;
}

/* Closes the channel when both have ended, which ends main's loop. */
static int closes(void *ctx)
{
    static weft_fiber_t odd;
    static struct even_numbers even;
    weft_scope_t scope;
    int rc;

    (void)ctx;
    weft_fiber_init_pooled(&odd, "odd", &stacks);
    weft_scope_open(&scope, WEFT_SCOPE_FAIL_FAST, WEFT_FOREVER);
    (void)weft_scope_spawn(&scope, weft_fiber_task(&odd, odd_numbers, NULL));
    (void)weft_scope_spawn(&scope, even_numbers_task(&even));
    rc = weft_scope_join(&scope);
    (void)weft_channel_close(&numbers);
    return rc;
}

int main(void)
{
    static unsigned char memory[3 * 16384]; /* of the stacks */
    static weft_fiber_t closer;
    int count = 0;
    int sum = 0;
    int n;

    weft_stack_pool_init(&stacks,
                         &(weft_stack_config_t){.size = 16384,
                                                .memory = memory,
                                                .memory_size = sizeof(memory)});
    weft_pool_init(&pool,
                   &(weft_pool_config_t){.workers = workers, .count = 2});
    if (weft_pool_start(&pool, 2) < 0) {
        fprintf(stderr, "no threads\n");
        return 1;
    }
    weft_fiber_init_pooled(&closer, "closer", &stacks);
    weft_go(&pool.executor, &closer, closes, NULL);
    while (weft_channel_recv(&numbers, &n) == WEFT_OK) {
        count++;
        sum += n;
    }
    printf("%d numbers, together %d\n", count, sum);
    weft_fiber_join(&closer);
    weft_pool_stop(&pool);
    weft_pool_join(&pool);
    weft_pool_deinit(&pool);
    weft_stack_pool_deinit(&stacks);
    return 0;
}
