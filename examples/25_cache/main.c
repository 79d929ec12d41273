/* main.c - a cache: many read, a miss is filled once by a thread
 * SPDX-License-Identifier: MIT
 *
 * Fibers look words up in a table under a read-write lock, many at a time. Who
 * misses one puts it on a list and waits on a condition; a plain thread, which
 * could block in a slow file, takes words from the list, holds the lock for
 * writing as long as it changes the table, and notifies.
 */
#include <stdio.h>

#include "weft/weft.h"

enum { WORDS = 10, READERS = 6, LOOKUPS = 30 };

static weft_rwlock_t table_lock = WEFT_RWLOCK_INIT;
static int table[WORDS]; /* 0: not there */

static weft_mutex_t mutex = WEFT_MUTEX_INIT;
static weft_condition_t changed = WEFT_CONDITION_INIT;
static bool wanted[WORDS];
static int readers = READERS;
static int loads;

static int look_up(int word)
{
    int value;

    (void)weft_rwlock_read(&table_lock);
    value = table[word];
    weft_rwlock_unlock(&table_lock);
    return value;
}

/* Has the thread load it. Others may want the same word: it is loaded once. */
static void miss(int word)
{
    (void)weft_mutex_lock(&mutex);
    if (look_up(word) == 0) {
        wanted[word] = true;
        weft_condition_notify_all(&changed);
    }
    while (look_up(word) == 0) {
        (void)weft_condition_wait(&changed, &mutex);
    }
    weft_mutex_unlock(&mutex);
}

static int reader(void *ctx)
{
    int number = (int)(intptr_t)ctx;
    int sum = 0;

    for (int i = 0; i < LOOKUPS; i++) {
        int word = (i * (number + 1)) % WORDS;
        int value = look_up(word);
        if (value == 0) {
            miss(word);
            value = look_up(word);
        }
        sum += value;
    }
    (void)weft_mutex_lock(&mutex);
    readers--;
    weft_condition_notify_all(&changed);
    weft_mutex_unlock(&mutex);
    return sum;
}

static int next_wanted(void)
{
    for (int word = 0; word < WORDS; word++) {
        if (wanted[word]) {
            return word;
        }
    }
    return -1;
}

static void loader(void)
{
    (void)weft_mutex_lock(&mutex);
    while (readers > 0) {
        int word = next_wanted();
        if (word < 0) {
            (void)weft_condition_wait(&changed, &mutex);
            continue;
        }
        wanted[word] = false;
        loads++;
        (void)weft_rwlock_write(&table_lock);
        table[word] = 100 + word;
        weft_rwlock_unlock(&table_lock);
        weft_condition_notify_all(&changed);
    }
    weft_mutex_unlock(&mutex);
}

int main(void)
{
    static weft_pool_t pool;
    static weft_pool_worker_t workers[2];
    static unsigned char stacks[READERS][16384];
    static weft_fiber_t fibers[READERS];

    weft_pool_init(&pool,
                   &(weft_pool_config_t){.workers = workers, .count = 2});
    if (weft_pool_start(&pool, 2) < 0) {
        fprintf(stderr, "no threads\n");
        return 1;
    }
    for (int i = 0; i < READERS; i++) {
        (void)weft_fiber_init(&fibers[i], "reader", stacks[i],
                              sizeof(stacks[i]));
        (void)weft_go(&pool.executor, &fibers[i], reader, (void *)(intptr_t)i);
    }
    loader();
    for (int i = 0; i < READERS; i++) {
        printf("reader %d: %d\n", i, weft_fiber_join(&fibers[i]));
    }
    printf("%d words loaded\n", loads);
    weft_pool_stop(&pool);
    weft_pool_join(&pool);
    weft_pool_deinit(&pool);
    return 0;
}
