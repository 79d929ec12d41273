/* test_every_select.c - selects that could meet, in all schedules
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/explore.h"

enum { SELECTS = 3, SENDS = 0, RECEIVES = 1 };

static weft_channel_t a, b, c;
static weft_event_t event;

/* One select of two cases: what it sends is its own number. */
struct selector {
    weft_channel_t *channel[2];
    int way[2];
    int number;
    int got;
    int chosen;
    int rc;
};
static struct selector selector[SELECTS];

static void begin(void)
{
    CHECK_EQ(weft_channel_init(&a, NULL, sizeof(int), 0), 0);
    CHECK_EQ(weft_channel_init(&b, NULL, sizeof(int), 0), 0);
    CHECK_EQ(weft_channel_init(&c, NULL, sizeof(int), 0), 0);
    weft_event_init(&event, true);
    for (int i = 0; i < SELECTS; i++) {
        selector[i] = (struct selector){.number = 100 + i, .chosen = -100};
    }
}

static void end(void)
{
    weft_channel_deinit(&a);
    weft_channel_deinit(&b);
    weft_channel_deinit(&c);
}

static void set_case(int i, int at, int way, weft_channel_t *channel)
{
    selector[i].channel[at] = channel;
    selector[i].way[at] = way;
}

static void fill(struct selector *self, weft_case_t *cases)
{
    for (int i = 0; i < 2; i++) {
        cases[i] = self->way[i] == SENDS
                       ? weft_case_send(self->channel[i], &self->number)
                       : weft_case_recv(self->channel[i], &self->got);
    }
}

static void do_select(void *ctx)
{
    struct selector *self = ctx;
    weft_case_t cases[2];

    fill(self, cases);
    self->chosen = weft_select(cases, 2, WEFT_SELECT_ORDERED);
    self->rc = self->chosen < 0 ? self->chosen : cases[self->chosen].rc;
}

static void start(int i)
{
    side(do_select, &selector[i]);
}

/* What selector i did is what selector j did, the other way. */
static void check_met(int i, int j)
{
    const struct selector *one = &selector[i];
    const struct selector *other = &selector[j];

    CHECK_EQ(one->rc, 0);
    CHECK_EQ(other->rc, 0);
    CHECK(one->channel[one->chosen] == other->channel[other->chosen]);
    CHECK(one->way[one->chosen] != other->way[other->chosen]);
    if (one->way[one->chosen] == SENDS) {
        CHECK_EQ(other->got, one->number);
    } else {
        CHECK_EQ(one->got, other->number);
    }
}

EXPLORE(two_selects_on_two_channels_meet_once)
{
    begin();
    set_case(0, 0, SENDS, &a);
    set_case(0, 1, RECEIVES, &b);
    set_case(1, 0, SENDS, &b);
    set_case(1, 1, RECEIVES, &a);
    start(1);
    do_select(&selector[0]);
    sides_join();
    check_met(0, 1);
    end();
}

EXPLORE(two_selects_that_send_and_receive_on_one_channel_meet_each_other)
{
    begin();
    for (int i = 0; i < 2; i++) {
        set_case(i, 0, SENDS, &a);
        set_case(i, 1, RECEIVES, &a);
    }
    start(1);
    do_select(&selector[0]);
    sides_join();
    check_met(0, 1);
    end();
}

/* Whoever is left meets who comes last. */
EXPLORE(three_selects_in_a_ring_and_who_is_left_is_served)
{
    int left = -1;

    begin();
    set_case(0, 0, SENDS, &a);
    set_case(0, 1, RECEIVES, &b);
    set_case(1, 0, SENDS, &b);
    set_case(1, 1, RECEIVES, &c);
    set_case(2, 0, SENDS, &c);
    set_case(2, 1, RECEIVES, &a);
    for (int i = 0; i < SELECTS; i++) {
        start(i);
    }
    while (left < 0) {
        int value = 200;
        weft_case_t cases[] = {
            weft_case_recv(&a, &value),
            weft_case_recv(&b, &value),
            weft_case_recv(&c, &value),
        };
        CHECK(weft_select(cases, 3, WEFT_SELECT_ORDERED) >= 0);
        left = value - 100;
    }
    sides_join();
    CHECK(left >= 0 && left < SELECTS);
    CHECK_EQ(selector[left].rc, 0);
    check_met((left + 1) % SELECTS, (left + 2) % SELECTS);
    end();
}

/* --- a select and peers that wait for one object */

static int value;
static int sent_rc;

static void send_one(void *ctx)
{
    value = 7;
    sent_rc = weft_channel_send(ctx, &value);
}

static void set_event(void *ctx)
{
    (void)ctx;
    weft_event_set(&event);
}

static int select_two(weft_channel_t *channel, int *got, uint64_t deadline_us)
{
    weft_case_t cases[] = {weft_case_recv(channel, got),
                           weft_case_event(&event)};
    int rc = weft_select_until(cases, 2, WEFT_SELECT_ORDERED, deadline_us);

    CHECK(rc < 0 || cases[rc].rc == 0);
    return rc;
}

EXPLORE(of_a_send_and_a_set_a_select_takes_one_and_the_other_stays)
{
    int got = 0;
    int first;
    int second;

    begin();
    side(send_one, &a);
    side(set_event, NULL);
    first = select_two(&a, &got, WEFT_FOREVER);
    second = select_two(&a, &got, WEFT_FOREVER);
    sides_join();
    CHECK_EQ(first + second, 1);
    CHECK_EQ(got, 7);
    CHECK_EQ(sent_rc, 0);
    CHECK(!weft_event_is_set(&event));
    end();
}

EXPLORE(what_a_select_waited_for_is_freed_while_the_send_goes_on)
{
    int got = 0;

    begin();
    side(send_one, &a);
    CHECK_EQ(select_two(&a, &got, WEFT_FOREVER), 0);
    drop(&a, sizeof(a));
    drop(&event, sizeof(event));
    sides_join();
    CHECK_EQ(got, 7);
    CHECK_EQ(sent_rc, 0);
}

static void set_at_ten(void *ctx)
{
    (void)ctx;
    weft_sim_sleep_until(10);
    weft_event_set(&event);
}

EXPLORE(a_select_meets_its_limit_and_a_set_which_is_not_lost)
{
    int got = 0;
    int rc;

    begin();
    side(set_at_ten, NULL);
    rc = select_two(&a, &got, 10);
    sides_join();
    CHECK(rc == 1 || rc == WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_event_is_set(&event), rc != 1);
    end();
}

static void close_a(void *ctx)
{
    (void)ctx;
    CHECK_EQ(weft_channel_close(&a), 0);
}

EXPLORE(a_close_meets_two_selects_that_could_meet)
{
    begin();
    for (int i = 0; i < 2; i++) {
        set_case(i, 0, i == 0 ? SENDS : RECEIVES, &a);
        set_case(i, 1, i == 0 ? SENDS : RECEIVES, &a);
    }
    start(1);
    side(close_a, NULL);
    do_select(&selector[0]);
    sides_join();
    CHECK(selector[0].rc == 0 || selector[0].rc == WEFT_ERR_CLOSED);
    CHECK_EQ(selector[1].rc, selector[0].rc);
    if (selector[0].rc == 0) {
        check_met(0, 1);
    }
    end();
}
