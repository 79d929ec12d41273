/* main.c - accounts that many threads change, and no lock
 * SPDX-License-Identifier: MIT
 *
 * Four tellers, fibers on a pool of threads, move money between accounts. The
 * accounts belong to a strand: whoever wants to touch them goes there, by
 * weft_switch_to, and is alone among them. Their paper work, outside of the
 * strand, runs side by side.
 */
#include <stdio.h>

#include "weft/weft.h"

enum { ACCOUNTS = 8, TELLERS = 4, TRANSFERS = 250 };

static weft_pool_t pool;
static weft_pool_worker_t workers[3];
static weft_strand_t vault;
static int balance[ACCOUNTS]; /* of the vault only */

static void transfer(int from, int to, int amount)
{
    if (balance[from] >= amount) {
        balance[from] -= amount;
        balance[to] += amount;
    }
}

static int teller(void *ctx)
{
    unsigned seed = 1u + *(const unsigned *)ctx;
    int rc = WEFT_OK;

    for (int i = 0; i < TRANSFERS && rc == WEFT_OK; i++) {
        seed = seed * 1103515245u + 12345u;
        rc = weft_switch_to(&vault.executor);
        if (rc == WEFT_OK) {
            transfer((int)(seed >> 16) % ACCOUNTS, (int)(seed >> 20) % ACCOUNTS,
                     (int)(seed >> 24) % 50);
            rc = weft_switch_to(&pool.executor);
        }
    }
    return rc;
}

static int work(void *ctx)
{
    static unsigned char stacks[TELLERS][16384];
    static weft_fiber_t fibers[TELLERS];
    static unsigned numbers[TELLERS];
    weft_scope_t scope;

    (void)ctx;
    weft_scope_open(&scope, WEFT_SCOPE_FAIL_FAST, WEFT_FOREVER);
    for (unsigned i = 0; i < TELLERS; i++) {
        numbers[i] = i;
        (void)weft_fiber_init(&fibers[i], "teller", stacks[i],
                              sizeof(stacks[i]));
        (void)weft_scope_spawn(
            &scope, weft_fiber_task(&fibers[i], teller, &numbers[i]));
    }
    return weft_scope_join(&scope);
}

int main(void)
{
    static unsigned char stack[16384];
    static weft_fiber_t fiber;
    int sum = 0;
    int rc;

    for (int i = 0; i < ACCOUNTS; i++) {
        balance[i] = 100;
    }
    weft_pool_init(&pool,
                   &(weft_pool_config_t){.workers = workers, .count = 3});
    weft_strand_init(&vault, &pool.executor);
    if (weft_pool_start(&pool, 3) < 0) {
        fprintf(stderr, "no threads\n");
        return 1;
    }
    (void)weft_fiber_init(&fiber, "bank", stack, sizeof(stack));
    (void)weft_go(&pool.executor, &fiber, work, NULL);
    rc = weft_fiber_join(&fiber);
    for (int i = 0; i < ACCOUNTS; i++) {
        sum += balance[i];
    }
    printf("%d transfers, %s: %d on the accounts\n", TELLERS * TRANSFERS,
           rc == WEFT_OK ? "done" : "failed", sum);
    weft_pool_stop(&pool);
    weft_pool_join(&pool);
    weft_pool_deinit(&pool);
    return 0;
}
