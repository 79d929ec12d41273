/* test_pairs_futures.c - each kind that settles a future with each that waits
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/pairs.h"

static void future_init(void *object)
{
    weft_future_init((weft_future_t *)object);
}

static int future_begin(weft_await_t *await, void *object)
{
    return weft_future_await_begin(await, (weft_future_t *)object);
}

static int future_block(void *object)
{
    return weft_future_await((weft_future_t *)object);
}

static int future_block_until(void *object)
{
    return weft_future_await_until((weft_future_t *)object, WEFT_FOREVER - 1);
}

static void future_resolve(void *object)
{
    CHECK(weft_future_resolve((weft_future_t *)object));
}

static void future_cancel(void *object)
{
    CHECK(weft_future_cancel((weft_future_t *)object));
}

static void future_cancelled(void *object, int rc)
{
    CHECK_EQ(rc, WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_future_state((weft_future_t *)object), WEFT_FUTURE_CANCELLED);
}

CASE(each_kind_settles_what_each_kind_awaits)
{
    static const struct pairs pairs = {
        .size = sizeof(weft_future_t),
        .init = future_init,
        .wait = {.begin = future_begin, .block = future_block},
        .wake = {.plain = future_resolve},
        .frees = true,
        .interrupt = true,
    };

    pairs_run(&pairs);
}

CASE(each_kind_cancels_what_each_kind_awaits)
{
    static const struct pairs pairs = {
        .size = sizeof(weft_future_t),
        .init = future_init,
        .wait = {.begin = future_begin, .block = future_block_until},
        .wake = {.plain = future_cancel},
        .waited = future_cancelled,
        .frees = true,
        .interrupt = true,
    };

    pairs_run(&pairs);
}
