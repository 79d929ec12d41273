/* test_every_mutex.c - a mutex in all schedules
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/explore.h"
#include "tests/support/frames.h"

static weft_mutex_t mutex;
static uintptr_t inside;
static unsigned entered;
static uint8_t references;

static void come_and_go(void)
{
    CHECK_EQ(weft_atomic_load_relaxed_word(&inside), 0);
    weft_atomic_store_relaxed_word(&inside, 1);
    entered++;
    weft_atomic_store_relaxed_word(&inside, 0);
}

static void begin(void)
{
    weft_mutex_init(&mutex);
    inside = 0;
    entered = 0;
    references = 0;
}

static void use(void *ctx)
{
    (void)ctx;
    CHECK_EQ(weft_mutex_lock(&mutex), 0);
    come_and_go();
    weft_mutex_unlock(&mutex);
}

static void use_at_once(void *ctx)
{
    (void)ctx;
    if (weft_mutex_try_lock(&mutex) == 0) {
        come_and_go();
        weft_mutex_unlock(&mutex);
    }
}

EXPLORE(a_mutex_lets_one_of_two_in_each_time)
{
    begin();
    side(use, NULL);
    use(NULL);
    use(NULL);
    sides_join();
    CHECK_EQ(entered, 3);
    CHECK_EQ(mutex.word, 0);
}

EXPLORE(a_mutex_lets_one_of_three_in)
{
    begin();
    side(use, NULL);
    side(use_at_once, NULL);
    use(NULL);
    sides_join();
    CHECK(entered == 2 || entered == 3);
    CHECK_EQ(mutex.word, 0);
}

static void use_and_free(void *ctx)
{
    bool last;

    (void)ctx;
    CHECK_EQ(weft_mutex_lock(&mutex), 0);
    come_and_go();
    last = --references == 0;
    weft_mutex_unlock(&mutex);
    if (last) {
        drop(&mutex, sizeof(mutex));
    }
}

EXPLORE(its_last_user_frees_a_mutex_right_after_its_unlock)
{
    begin();
    references = 2;
    side(use_and_free, NULL);
    use_and_free(NULL);
    sides_join();
    CHECK_EQ(entered, 2);
}

/* --- a hand-off meets a limit or a cancel: the lock goes on */

static int limited_rc;

static void lock_until_ten(void *ctx)
{
    (void)ctx;
    limited_rc = weft_mutex_lock_until(&mutex, 10);
    if (limited_rc == 0) {
        come_and_go();
        weft_mutex_unlock(&mutex);
    }
}

EXPLORE(an_unlock_meets_a_limit_and_the_lock_goes_on)
{
    begin();
    CHECK_EQ(weft_mutex_lock(&mutex), 0);
    side(lock_until_ten, NULL);
    weft_sim_sleep_until(10);
    weft_mutex_unlock(&mutex);
    use(NULL);
    sides_join();
    CHECK(limited_rc == 0 || limited_rc == WEFT_ERR_TIMEOUT);
    CHECK_EQ(entered, limited_rc == 0 ? 2 : 1);
    CHECK_EQ(mutex.word, 0);
}

static weft_thread_t *locker;
static uintptr_t locker_known;

static void lock_as_thread(void *ctx)
{
    (void)ctx;
    locker = weft_thread_self();
    weft_atomic_store_release_word(&locker_known, 1);
    limited_rc = weft_mutex_lock(&mutex);
    if (limited_rc == 0) {
        come_and_go();
        weft_mutex_unlock(&mutex);
    }
}

static void cancel_locker(void *ctx)
{
    (void)ctx;
    while (weft_atomic_load_acquire_word(&locker_known) == 0) {
        weft_hook_spin();
    }
    weft_thread_cancel(locker);
}

static void a_hand_off_is_cancelled(void)
{
    begin();
    locker_known = 0;
    CHECK_EQ(weft_mutex_lock(&mutex), 0);
    side(lock_as_thread, NULL);
}

EXPLORE(an_unlock_meets_a_cancel_and_the_lock_goes_on)
{
    a_hand_off_is_cancelled();
    side(cancel_locker, NULL);
    weft_mutex_unlock(&mutex);
    sides_join();
    CHECK(limited_rc == 0 || limited_rc == WEFT_ERR_CANCELLED);
    CHECK_EQ(entered, limited_rc == 0);
    CHECK_EQ(mutex.word, 0);
}

EXPLORE_LARGE(a_cancelled_hand_off_goes_on_to_the_next, 3)
{
    a_hand_off_is_cancelled();
    side(cancel_locker, NULL);
    side(use, NULL);
    weft_mutex_unlock(&mutex);
    sides_join();
    CHECK(limited_rc == 0 || limited_rc == WEFT_ERR_CANCELLED);
    CHECK_EQ(entered, limited_rc == 0 ? 2 : 1);
    CHECK_EQ(mutex.word, 0);
}
