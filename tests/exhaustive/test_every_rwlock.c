/* test_every_rwlock.c - a lock of readers and writers in all schedules
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/explore.h"

static weft_rwlock_t lock;
static uintptr_t readers;
static uintptr_t writers;
static int limited_rc;

static void begin(void)
{
    weft_rwlock_init(&lock);
    readers = 0;
    writers = 0;
    limited_rc = 1;
}

static void look_inside(void)
{
    (void)weft_atomic_fetch_add_relaxed_word(&readers, 1);
    CHECK_EQ(weft_atomic_load_relaxed_word(&writers), 0);
    (void)weft_atomic_fetch_sub_relaxed_word(&readers, 1);
}

static void change_inside(void)
{
    CHECK_EQ(weft_atomic_fetch_add_relaxed_word(&writers, 1), 0);
    CHECK_EQ(weft_atomic_load_relaxed_word(&readers), 0);
    (void)weft_atomic_fetch_sub_relaxed_word(&writers, 1);
}

static void read_it(void *ctx)
{
    (void)ctx;
    CHECK_EQ(weft_rwlock_read(&lock), 0);
    look_inside();
    weft_rwlock_unlock(&lock);
}

static void write_it(void *ctx)
{
    (void)ctx;
    CHECK_EQ(weft_rwlock_write(&lock), 0);
    change_inside();
    weft_rwlock_unlock(&lock);
}

EXPLORE(a_writer_is_alone_beside_a_reader)
{
    begin();
    side(read_it, NULL);
    write_it(NULL);
    sides_join();
    CHECK_EQ(weft_rwlock_try_write(&lock), 0);
}

EXPLORE(two_writers_are_alone)
{
    begin();
    side(write_it, NULL);
    write_it(NULL);
    sides_join();
    CHECK_EQ(weft_rwlock_try_write(&lock), 0);
}

EXPLORE_LARGE(a_writer_is_alone_beside_two_readers, 3)
{
    begin();
    side(read_it, NULL);
    side(read_it, NULL);
    write_it(NULL);
    sides_join();
    CHECK_EQ(weft_rwlock_try_write(&lock), 0);
}

static void write_until_ten(void *ctx)
{
    (void)ctx;
    limited_rc = weft_rwlock_write_until(&lock, 10);
    if (limited_rc == 0) {
        change_inside();
        weft_rwlock_unlock(&lock);
    }
}

/* A reader that waits behind a writer that leaves goes on. */
EXPLORE(a_writer_leaves_while_the_lock_is_released)
{
    begin();
    CHECK_EQ(weft_rwlock_read(&lock), 0);
    side(write_until_ten, NULL);
    weft_sim_sleep_until(10);
    weft_rwlock_unlock(&lock);
    read_it(NULL);
    sides_join();
    CHECK(limited_rc == 0 || limited_rc == WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_rwlock_try_write(&lock), 0);
}
