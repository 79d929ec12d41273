/* test_every_condition.c - a condition and its mutex in all schedules
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/explore.h"

static weft_mutex_t mutex;
static weft_condition_t filled;
static unsigned items;
static unsigned taken;

static void begin(void)
{
    weft_mutex_init(&mutex);
    weft_condition_init(&filled);
    items = 0;
    taken = 0;
}

static void take(void *ctx)
{
    int rc = 0;

    (void)ctx;
    CHECK_EQ(weft_mutex_lock(&mutex), 0);
    while (items == 0) {
        rc = weft_condition_wait(&filled, &mutex);
        CHECK_EQ(rc, 0);
    }
    items--;
    taken++;
    weft_mutex_unlock(&mutex);
}

static void put(void *ctx)
{
    (void)ctx;
    CHECK_EQ(weft_mutex_lock(&mutex), 0);
    items++;
    weft_condition_notify_one(&filled);
    weft_mutex_unlock(&mutex);
}

static void put_two(void *ctx)
{
    (void)ctx;
    CHECK_EQ(weft_mutex_lock(&mutex), 0);
    items += 2;
    weft_condition_notify_all(&filled);
    weft_mutex_unlock(&mutex);
}

EXPLORE(what_is_put_is_taken)
{
    begin();
    side(put, NULL);
    take(NULL);
    sides_join();
    CHECK_EQ(taken, 1);
    CHECK_EQ(mutex.word, 0);
}

EXPLORE_LARGE(two_takers_share_what_was_put_at_once, 3)
{
    begin();
    side(take, NULL);
    side(put_two, NULL);
    take(NULL);
    sides_join();
    CHECK_EQ(taken, 2);
    CHECK_EQ(mutex.word, 0);
}

static void put_at_ten(void *ctx)
{
    weft_sim_sleep_until(10);
    put(ctx);
}

EXPLORE(a_notify_meets_a_limit_and_the_mutex_is_held)
{
    int rc;

    begin();
    side(put_at_ten, NULL);
    CHECK_EQ(weft_mutex_lock(&mutex), 0);
    rc = weft_condition_wait_until(&filled, &mutex, 10);
    CHECK(rc == 0 || rc == WEFT_ERR_TIMEOUT);
    CHECK(rc == WEFT_ERR_TIMEOUT || items == 1);
    weft_mutex_unlock(&mutex);
    sides_join();
    CHECK_EQ(items, 1);
    CHECK_EQ(mutex.word, 0);
}
