/* test_every_semaphore.c - a semaphore in all schedules
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/explore.h"

static weft_semaphore_t semaphore;
static int rcs[3];

static void begin(uint32_t permits)
{
    weft_semaphore_init(&semaphore, permits, 4);
    rcs[0] = rcs[1] = rcs[2] = 1;
}

static void release_one(void *ctx)
{
    (void)ctx;
    weft_semaphore_release(&semaphore, 1);
}

static void acquire_two(void *ctx)
{
    *(int *)ctx = weft_semaphore_acquire(&semaphore, 2);
}

static void acquire_and_release(void *ctx)
{
    *(int *)ctx = weft_semaphore_acquire(&semaphore, 1);
    weft_semaphore_release(&semaphore, 1);
}

EXPLORE(two_releases_of_one_serve_who_wants_two)
{
    begin(0);
    side(release_one, NULL);
    side(release_one, NULL);
    CHECK_EQ(weft_semaphore_acquire(&semaphore, 2), 0);
    sides_join();
    CHECK_EQ(weft_semaphore_value(&semaphore), 0);
}

EXPLORE_LARGE(one_permit_goes_round_among_three, 3)
{
    begin(1);
    side(acquire_and_release, &rcs[0]);
    side(acquire_and_release, &rcs[1]);
    acquire_and_release(&rcs[2]);
    sides_join();
    CHECK_EQ(rcs[0] | rcs[1] | rcs[2], 0);
    CHECK_EQ(weft_semaphore_value(&semaphore), 1);
}

EXPLORE(who_was_served_frees_the_semaphore_while_the_release_goes_on)
{
    begin(0);
    side(release_one, NULL);
    CHECK_EQ(weft_semaphore_acquire(&semaphore, 1), 0);
    drop(&semaphore, sizeof(semaphore));
    sides_join();
}

static void release_one_at_ten(void *ctx)
{
    weft_sim_sleep_until(10);
    release_one(ctx);
}

/* Who wants two leaves: the one permit that comes is for who waits behind. */
EXPLORE(a_limit_of_the_first_meets_a_release_for_the_second)
{
    begin(0);
    side(release_one_at_ten, NULL);
    side(acquire_and_release, &rcs[0]);
    rcs[1] = weft_semaphore_acquire_until(&semaphore, 2, 10);
    sides_join();
    CHECK_EQ(rcs[0], 0);
    CHECK(rcs[1] == WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_semaphore_value(&semaphore), 1);
}

EXPLORE(a_release_of_two_meets_a_limit_and_no_permit_is_lost)
{
    begin(1);
    side(release_one_at_ten, NULL);
    rcs[0] = weft_semaphore_acquire_until(&semaphore, 2, 10);
    sides_join();
    CHECK(rcs[0] == 0 || rcs[0] == WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_semaphore_value(&semaphore), rcs[0] == 0 ? 0 : 2);
}

EXPLORE(a_release_by_an_interrupt_comes_inside_an_acquire)
{
    weft_sim_interrupt_t interrupt = {.handler = release_one, .times = 1};

    begin(1);
    weft_sim_interrupt_attach(&interrupt);
    acquire_two(&rcs[0]);
    weft_sim_interrupt_remove(&interrupt);
    CHECK_EQ(rcs[0], 0);
    CHECK_EQ(weft_semaphore_value(&semaphore), 0);
}
