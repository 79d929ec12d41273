/* test_every_signal.c - a signal in all schedules
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/explore.h"

WEFT_SIGNAL_DEFINE(shared, uint64_t);
static const uint64_t values[2] = {0x100000001, 0x200000002};
static uint64_t got;
static int rc;

static void set(void *ctx)
{
    weft_signal_set(&shared.signal, ctx);
}

static void take(void *ctx)
{
    (void)ctx;
    rc = weft_signal_wait(&shared.signal, &got);
}

static void begin(void)
{
    weft_signal_init(&shared.signal, &shared.value, sizeof(shared.value));
    got = 0;
    rc = 1;
}

static void set_value(unsigned i)
{
    side(set, (void *)(uintptr_t)&values[i]);
}

/* A value is whole; the last one is left, or was taken. */
EXPLORE(of_two_sets_the_consumer_gets_one_or_both)
{
    uint64_t second = 0;

    begin();
    set_value(0);
    set_value(1);
    CHECK_EQ(weft_signal_wait(&shared.signal, &got), 0);
    CHECK(got == values[0] || got == values[1]);
    sides_join();
    if (weft_signal_try_wait(&shared.signal, &second) == 0) {
        CHECK(second == values[0] || second == values[1]);
        CHECK(second != got);
    }
}

EXPLORE(the_consumer_frees_the_signal_while_the_set_goes_on)
{
    begin();
    set_value(0);
    CHECK_EQ(weft_signal_wait(&shared.signal, &got), 0);
    CHECK(got == values[0]);
    drop(&shared, sizeof(shared));
    sides_join();
}

static void set_at_ten(void *ctx)
{
    weft_sim_sleep_until(10);
    set(ctx);
}

EXPLORE(of_value_and_limit_one_happens_and_the_value_is_not_lost)
{
    uint64_t left = 0;

    begin();
    side(set_at_ten, (void *)(uintptr_t)&values[0]);
    rc = weft_signal_wait_until(&shared.signal, &got, 10);
    sides_join();
    CHECK(rc == 0 || rc == WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_signal_try_wait(&shared.signal, &left),
             rc == 0 ? WEFT_ERR_EMPTY : 0);
    CHECK((rc == 0 ? got : left) == values[0]);
}

static void set_both(void *ctx)
{
    set(ctx);
    set((void *)(uintptr_t)&values[1]);
}

EXPLORE(each_of_two_consumers_gets_a_value_as_long_as_there_are_some)
{
    uint64_t second;

    begin();
    side(take, NULL);
    side(set_both, (void *)(uintptr_t)&values[0]);
    int mine = weft_signal_try_wait(&shared.signal, &second);
    if (mine == 0) {
        set((void *)(uintptr_t)&values[0]);
    }
    sides_join();
    CHECK_EQ(rc, 0);
    CHECK(got == values[0] || got == values[1]);
}
