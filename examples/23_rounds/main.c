/* main.c - workers in rounds: nobody begins the next before all have done this
 * SPDX-License-Identifier: MIT
 *
 * A row of cells, each new one from its two neighbours (rule 90). Each of four
 * fibers on a pool computes a part of the row; a barrier ends the round, and
 * the last to come, its leader, prints the row before a second barrier lets
 * all go on. main(), a thread, waits for all of them by a wait group.
 */
#include <stdio.h>

#include "weft/weft.h"

enum { WORKERS = 4, PART = 8, CELLS = WORKERS * PART, ROUNDS = 12 };

static weft_barrier_t computed = WEFT_BARRIER_INIT(WORKERS);
static weft_barrier_t printed = WEFT_BARRIER_INIT(WORKERS);
static weft_wait_group_t working = WEFT_WAIT_GROUP_INIT;
static char rows[2][CELLS + 1];

static void compute(char *next, const char *row, int cell)
{
    char left = row[(cell + CELLS - 1) % CELLS];
    char right = row[(cell + 1) % CELLS];

    next[cell] = left == right ? '.' : '#';
}

static int worker(void *ctx)
{
    int first = (int)(intptr_t)ctx * PART;

    for (int round = 0; round < ROUNDS; round++) {
        char *next = rows[(round + 1) % 2];
        for (int cell = first; cell < first + PART; cell++) {
            compute(next, rows[round % 2], cell);
        }
        if (weft_barrier_wait(&computed) == WEFT_BARRIER_LEADER) {
            printf("%s\n", next);
        }
        (void)weft_barrier_wait(&printed);
    }
    weft_wait_group_done(&working);
    return WEFT_OK;
}

int main(void)
{
    static weft_pool_t pool;
    static weft_pool_worker_t workers[2];
    static unsigned char stacks[WORKERS][16384];
    static weft_fiber_t fibers[WORKERS];

    for (int cell = 0; cell < CELLS; cell++) {
        rows[0][cell] = cell == CELLS / 2 ? '#' : '.';
    }
    printf("%s\n", rows[0]);
    weft_pool_init(&pool,
                   &(weft_pool_config_t){.workers = workers, .count = 2});
    if (weft_pool_start(&pool, 2) < 0) {
        fprintf(stderr, "no threads\n");
        return 1;
    }
    weft_wait_group_add(&working, WORKERS);
    for (int i = 0; i < WORKERS; i++) {
        (void)weft_fiber_init(&fibers[i], "worker", stacks[i],
                              sizeof(stacks[i]));
        (void)weft_go(&pool.executor, &fibers[i], worker, (void *)(intptr_t)i);
    }
    (void)weft_wait_group_wait(&working);
    weft_pool_stop(&pool);
    weft_pool_join(&pool);
    weft_pool_deinit(&pool);
    return 0;
}
