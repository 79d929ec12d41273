/* main.c - dining philosophers: five fibers, five forks, two threads
 * SPDX-License-Identifier: MIT
 *
 * A fork is a mutex, handed to who has waited longest, so nobody starves. Each
 * takes the lower fork first: with one order for all there is no circle of
 * waiters, and so no deadlock.
 */
#include <stdio.h>

#include "weft/weft.h"

enum { SEATS = 5, MEALS = 20 };

static weft_mutex_t forks[SEATS];
static int used[SEATS]; /* how often; each under its fork's mutex */

struct philosopher {
    weft_fiber_t fiber;
    int seat;
    int meals;
};

static int dines(void *ctx)
{
    struct philosopher *self = ctx;
    int left = self->seat;
    int right = (self->seat + 1) % SEATS;
    int first = left < right ? left : right;
    int second = left < right ? right : left;

    for (int i = 0; i < MEALS; i++) {
        weft_mutex_lock(&forks[first]);
        weft_mutex_lock(&forks[second]);
        used[first]++;
        used[second]++;
        self->meals++;
        weft_yield(); /* eats; a mutex may be held across any wait */
        weft_mutex_unlock(&forks[second]);
        weft_mutex_unlock(&forks[first]);
    }
    return WEFT_OK;
}

int main(void)
{
    static struct philosopher philosophers[SEATS];
    static weft_pool_t pool;
    static weft_pool_worker_t threads[2];
    static weft_stack_pool_t stacks;
    static unsigned char memory[(SEATS + 1) * 16384]; /* of the stacks */
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
    for (int i = 0; i < SEATS; i++) {
        weft_mutex_init(&forks[i]);
    }
    weft_scope_open(&scope, WEFT_SCOPE_FAIL_FAST, WEFT_FOREVER);
    for (int i = 0; i < SEATS; i++) {
        struct philosopher *one = &philosophers[i];
        one->seat = i;
        weft_fiber_init_pooled(&one->fiber, "philosopher", &stacks);
        (void)weft_scope_spawn_on(&scope, &pool.executor,
                                  weft_fiber_task(&one->fiber, dines, one));
    }
    if (weft_scope_join(&scope) == WEFT_OK) {
        for (int i = 0; i < SEATS; i++) {
            printf("philosopher %d ate %d times, fork %d was used %d times\n",
                   i, philosophers[i].meals, i, used[i]);
        }
    }
    weft_pool_stop(&pool);
    weft_pool_join(&pool);
    weft_pool_deinit(&pool);
    weft_stack_pool_deinit(&stacks);
    return 0;
}
