/* test_pairs.c - each kind of waker with each kind of waiter: event, signal
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/pairs.h"

/* --- event */

static void init_auto(void *object)
{
    weft_event_init((weft_event_t *)object, true);
}

static void init_manual(void *object)
{
    weft_event_init((weft_event_t *)object, false);
}

static int event_begin(weft_await_t *await, void *object)
{
    return weft_event_wait_begin(await, (weft_event_t *)object);
}

static int event_block(void *object)
{
    return weft_event_wait((weft_event_t *)object);
}

static int event_block_until(void *object)
{
    return weft_event_wait_until((weft_event_t *)object, WEFT_FOREVER - 1);
}

static void event_set(void *object)
{
    weft_event_set((weft_event_t *)object);
}

CASE(each_waker_wakes_each_waiter_of_an_automatic_event)
{
    static const struct pairs pairs = {
        .size = sizeof(weft_event_t),
        .init = init_auto,
        .wait = {.begin = event_begin, .block = event_block},
        .wake = {.plain = event_set},
        .frees = true,
        .interrupt = true,
    };

    pairs_run(&pairs);
}

CASE(each_waker_wakes_each_waiter_of_a_manual_event)
{
    static const struct pairs pairs = {
        .size = sizeof(weft_event_t),
        .init = init_manual,
        .wait = {.begin = event_begin, .block = event_block_until},
        .wake = {.plain = event_set},
        .frees = true,
        .interrupt = true,
    };

    pairs_run(&pairs);
}

/* --- signal */

struct box {
    weft_signal_t signal;
    int value;
    int got;
};

static void box_init(void *object)
{
    struct box *box = (struct box *)object;

    weft_signal_init(&box->signal, &box->value, sizeof(box->value));
}

static int box_begin(weft_await_t *await, void *object)
{
    struct box *box = (struct box *)object;

    return weft_signal_wait_begin(await, &box->signal, &box->got);
}

static int box_block(void *object)
{
    struct box *box = (struct box *)object;

    return weft_signal_wait(&box->signal, &box->got);
}

static void box_set(void *object)
{
    int value = 42;

    weft_signal_set(&((struct box *)object)->signal, &value);
}

static void box_waited(void *object, int rc)
{
    CHECK_EQ(rc, 0);
    CHECK_EQ(((struct box *)object)->got, 42);
}

CASE(each_waker_wakes_each_waiter_of_a_signal)
{
    static const struct pairs pairs = {
        .size = sizeof(struct box),
        .init = box_init,
        .wait = {.begin = box_begin, .block = box_block},
        .wake = {.plain = box_set},
        .waited = box_waited,
        .frees = true,
        .interrupt = true,
    };

    pairs_run(&pairs);
}

/* --- both sides wait, and the waker has something to do first */

struct swap {
    weft_event_t here, there;
    bool entered;
};

static void swap_init(void *object)
{
    struct swap *swap = (struct swap *)object;

    weft_event_init(&swap->here, true);
    weft_event_init(&swap->there, true);
}

static void swap_enter(void *object)
{
    ((struct swap *)object)->entered = true;
}

static int swap_wait_begin(weft_await_t *await, void *object)
{
    struct swap *swap = (struct swap *)object;

    CHECK(swap->entered);
    weft_event_set(&swap->there);
    return weft_event_wait_begin(await, &swap->here);
}

static int swap_wait(void *object)
{
    struct swap *swap = (struct swap *)object;

    CHECK(swap->entered);
    weft_event_set(&swap->there);
    return weft_event_wait(&swap->here);
}

static int swap_wake_begin(weft_await_t *await, void *object)
{
    struct swap *swap = (struct swap *)object;

    weft_event_set(&swap->here);
    return weft_event_wait_begin(await, &swap->there);
}

static int swap_wake(void *object)
{
    struct swap *swap = (struct swap *)object;

    weft_event_set(&swap->here);
    return weft_event_wait(&swap->there);
}

CASE(two_that_wait_for_each_other)
{
    static const struct pairs pairs = {
        .size = sizeof(struct swap),
        .init = swap_init,
        .enter = swap_enter,
        .wait = {.begin = swap_wait_begin, .block = swap_wait},
        .wake = {.begin = swap_wake_begin, .block = swap_wake},
    };

    pairs_run(&pairs);
}
