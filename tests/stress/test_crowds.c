/* test_crowds.c - wait group, barrier, flags, watch and broadcast, round after
 * round among threads that stay
 * SPDX-License-Identifier: MIT
 *
 * WEFT_ROUNDS in the environment says how many rounds; a few without it.
 */
#include "tests/support/cores.h"

#define ROUNDS ((uintptr_t)race_rounds(5000))

/* --- a wait group is gone as soon as its wait has returned */

struct post {
    void *group;       /* atomic: what the workers are to end */
    uintptr_t work[2]; /* plain: ordered by the group */
};

struct worker {
    struct post *post;
    int number;
};

static weft_wait_group_t *take_up(struct post *post, weft_wait_group_t *last)
{
    weft_wait_group_t *group;

    while ((group = weft_atomic_load_acquire_ptr(&post->group)) == last) {
        weft_hook_spin();
    }
    return group;
}

static void work(void *ctx)
{
    struct worker *self = ctx;
    weft_wait_group_t *group = NULL;

    for (uintptr_t round = 1; round <= ROUNDS; round++) {
        group = take_up(self->post, group);
        self->post->work[self->number] = round;
        weft_wait_group_done(group);
    }
}

CASE(a_wait_group_goes_in_each_round)
{
    struct post post = {.group = NULL};
    struct worker worker[2] = {{&post, 0}, {&post, 1}};
    weft_port_thread_t thread[2];
    weft_wait_group_t *old = NULL;

    thread_start(&thread[0], work, &worker[0]);
    thread_start(&thread[1], work, &worker[1]);
    for (uintptr_t round = 1; round <= ROUNDS; round++) {
        /* Not where the last one was: the workers tell them apart. */
        weft_wait_group_t *group = frame_new(sizeof(*group));

        if (old != NULL) {
            frame_drop(old, sizeof(*old));
        }
        weft_wait_group_init(group);
        weft_wait_group_add(group, 2);
        weft_atomic_store_release_ptr(&post.group, group);
        CHECK_EQ(weft_wait_group_wait(group), 0);
        CHECK_EQ(post.work[0], round);
        CHECK_EQ(post.work[1], round);
        memset((void *)group, 0xdb, sizeof(*group));
        old = group;
    }
    weft_port_thread_join(&thread[0]);
    weft_port_thread_join(&thread[1]);
    frame_drop(old, sizeof(*old));
}

/* --- all who came go on, also when others leave in the same moment */

enum { PARTIES = 3 };

struct hall {
    weft_barrier_t barrier;
    uintptr_t left;    /* atomic: rounds still to be led */
    uintptr_t leaders; /* atomic */
    uintptr_t passed;  /* atomic: those who came and were not the leader */
};

/* A few limits in a row that differ; each eighth has passed. */
static uint64_t some_limit(uintptr_t *seed)
{
    *seed = *seed * 1103515245 + 12345;
    return weft_deadline(WEFT_US((*seed >> 16) % 8));
}

static void come_and_leave(void *ctx)
{
    struct hall *hall = ctx;
    uintptr_t seed = (uintptr_t)&seed;

    while (weft_atomic_load_acquire_word(&hall->leaders) < ROUNDS) {
        int rc = weft_barrier_wait_until(&hall->barrier, some_limit(&seed));

        if (rc == WEFT_BARRIER_LEADER) {
            (void)weft_atomic_fetch_add_acq_rel_word(&hall->leaders, 1);
        } else if (rc == WEFT_OK) {
            (void)weft_atomic_fetch_add_acq_rel_word(&hall->passed, 1);
        } else {
            CHECK_EQ(rc, WEFT_ERR_TIMEOUT);
        }
    }
    weft_thread_leave();
}

CASE(each_leader_of_a_barrier_has_all_others_whoever_leaves)
{
    struct hall hall = {.leaders = 0};
    weft_port_thread_t thread[PARTIES + 1];

    weft_barrier_init(&hall.barrier, PARTIES);
    for (int i = 0; i < PARTIES + 1; i++) {
        thread_start(&thread[i], come_and_leave, &hall);
    }
    for (int i = 0; i < PARTIES + 1; i++) {
        weft_port_thread_join(&thread[i]);
    }
    CHECK_EQ(hall.passed, hall.leaders * (PARTIES - 1));
    CHECK_EQ(hall.barrier.arrived, 0);
}

/* --- no flag is lost or got twice */

struct desk {
    weft_flags_t flags;
    uintptr_t got[2]; /* atomic: how often each was */
};

struct setter {
    struct desk *desk;
    int number;
};

static void set_when_got(void *ctx)
{
    struct setter *self = ctx;
    uintptr_t *got = &self->desk->got[self->number];

    for (uintptr_t round = 0; round < ROUNDS; round++) {
        while (weft_atomic_load_acquire_word(got) != round) {
            weft_hook_spin();
        }
        weft_flags_set(&self->desk->flags, (uint32_t)1 << self->number);
    }
}

static bool all_got(const struct desk *desk)
{
    return desk->got[0] == ROUNDS && desk->got[1] == ROUNDS;
}

CASE(each_flag_is_got_as_often_as_it_is_set)
{
    struct desk desk = {.flags = WEFT_FLAGS_INIT};
    struct setter setter[2] = {{&desk, 0}, {&desk, 1}};
    weft_port_thread_t thread[2];
    uintptr_t seed = 1;

    thread_start(&thread[0], set_when_got, &setter[0]);
    thread_start(&thread[1], set_when_got, &setter[1]);
    while (!all_got(&desk)) {
        uint32_t got = 0;
        int rc =
            weft_flags_wait_any_until(&desk.flags, 3, &got, some_limit(&seed));

        CHECK(rc == WEFT_ERR_TIMEOUT || (rc == 0 && got != 0));
        for (int i = 0; i < 2 && rc == 0; i++) {
            (void)weft_atomic_fetch_add_acq_rel_word(&desk.got[i],
                                                     got >> i & 1);
        }
    }
    weft_port_thread_join(&thread[0]);
    weft_port_thread_join(&thread[1]);
    CHECK_EQ(weft_flags_get(&desk.flags), 0);
}

/* --- each observer sees newer values, whole, and the last */

struct pair {
    uintptr_t a, b, c, d;
};

struct board {
    weft_watch_t watch;
    struct pair values[2];
};

static void check_newer(const struct pair *pair, uintptr_t *last)
{
    CHECK(pair->a > *last);
    CHECK(pair->b == pair->a && pair->c == pair->a && pair->d == pair->a);
    *last = pair->a;
}

static void observe(void *ctx)
{
    struct board *board = ctx;
    weft_watch_reader_t reader;
    struct pair pair;
    uintptr_t last = 0;
    uintptr_t seed = (uintptr_t)&seed;
    int rc = 0;

    weft_watch_reader_init(&reader, &board->watch);
    while (rc != WEFT_ERR_CLOSED) {
        rc = weft_watch_wait_until(&reader, &pair, some_limit(&seed));
        if (rc == 0) {
            check_newer(&pair, &last);
        }
    }
    CHECK_EQ(last, ROUNDS);
    weft_thread_leave();
}

static void borrow(void *ctx)
{
    struct board *board = ctx;
    uintptr_t last = 1;

    while (last < ROUNDS) {
        const struct pair *pair = weft_watch_borrow(&board->watch);

        if (pair != NULL) {
            last--;
            check_newer(pair, &last);
            weft_watch_release(&board->watch);
        }
    }
}

CASE(observers_and_borrowers_of_a_watch_see_whole_values)
{
    struct board board;
    weft_port_thread_t thread[3];

    CHECK_EQ(weft_watch_init(&board.watch, board.values, sizeof(struct pair)),
             0);
    weft_watch_set(&board.watch, &(struct pair){1, 1, 1, 1});
    thread_start(&thread[0], observe, &board);
    thread_start(&thread[1], observe, &board);
    thread_start(&thread[2], borrow, &board);
    for (uintptr_t n = 2; n <= ROUNDS; n++) {
        CHECK_EQ(weft_watch_set(&board.watch, &(struct pair){n, n, n, n}), 0);
    }
    CHECK_EQ(weft_watch_close(&board.watch), 0);
    for (int i = 0; i < 3; i++) {
        weft_port_thread_join(&thread[i]);
    }
}

/* --- each subscriber receives or misses each value */

enum { CAPACITY = 4 };

struct studio {
    weft_broadcast_t broadcast;
    uintptr_t slots[CAPACITY];
    uint32_t unread[CAPACITY];
    weft_subscriber_t sub[2];
    uintptr_t ready; /* atomic */
    bool all;
};

static void listen(void *ctx)
{
    struct studio *s = ctx;
    weft_subscriber_t *sub =
        &s->sub[weft_atomic_fetch_add_acq_rel_word(&s->ready, 1)];
    uintptr_t last = 0;
    uintptr_t value = 0;
    uintptr_t seed = (uintptr_t)&seed;
    int rc = 0;

    while (rc != WEFT_ERR_CLOSED) {
        rc = weft_broadcast_recv_until(sub, &value, some_limit(&seed));
        if (rc == 0) {
            CHECK_EQ(value, last + 1 + sub->missed);
            CHECK(!s->all || sub->missed == 0);
            last = value;
        }
    }
    CHECK_EQ(last, ROUNDS);
    weft_thread_leave();
}

static void come_and_go(void *ctx)
{
    struct studio *s = ctx;
    int rc = 0;

    while (rc != WEFT_ERR_CLOSED) {
        weft_subscriber_t sub;
        uintptr_t value;

        weft_broadcast_subscribe(&s->broadcast, &sub);
        rc = weft_broadcast_recv_until(&sub, &value, weft_deadline(WEFT_US(5)));
        weft_broadcast_unsubscribe(&sub);
    }
    weft_thread_leave();
}

static void talk(struct studio *s)
{
    weft_port_thread_t thread[3];
    uintptr_t seed = 1;

    for (int i = 0; i < 2; i++) {
        weft_broadcast_subscribe(&s->broadcast, &s->sub[i]);
        thread_start(&thread[i], listen, s);
    }
    thread_start(&thread[2], come_and_go, s);
    for (uintptr_t n = 1; n <= ROUNDS; n++) {
        while (weft_broadcast_send_until(&s->broadcast, &n,
                                         some_limit(&seed)) != 0) {}
    }
    CHECK_EQ(weft_broadcast_close(&s->broadcast), 0);
    for (int i = 0; i < 3; i++) {
        weft_port_thread_join(&thread[i]);
    }
    CHECK_EQ(s->broadcast.used, 0);
}

CASE(each_subscriber_of_a_broadcast_for_all_gets_all)
{
    struct studio s = {.all = true};

    CHECK_EQ(weft_broadcast_init_all(&s.broadcast, s.slots, s.unread,
                                     sizeof(uintptr_t), CAPACITY),
             0);
    talk(&s);
}

CASE(each_subscriber_of_a_broadcast_gets_or_misses_all)
{
    struct studio s = {.all = false};

    CHECK_EQ(
        weft_broadcast_init(&s.broadcast, s.slots, sizeof(uintptr_t), CAPACITY),
        0);
    talk(&s);
}

/* --- more than a step of tasks on two cores: an end for all in each round */

enum { CROWD = 2 * WEFT_STEP + 4 };

struct crowd {
    weft_wait_group_t *group; /* of this round; gone when all are back */
    weft_wait_group_t back;
    weft_barrier_t barrier; /* before the next one */
    uintptr_t rounds;
    uintptr_t leaders; /* atomic */
};

struct member {
    weft_task_t task;
    weft_await_t await;
    struct crowd *crowd;
    uintptr_t round;
};
WEFT_TASK(member)
{
    int rc;
    WEFT_BEGIN;
    for (self->round = 0; self->round < self->crowd->rounds; self->round++) {
        WEFT_AWAIT(weft_wait_group_wait, self->crowd->group);
        weft_wait_group_done(&self->crowd->back);
        WEFT_AWAIT_RC(rc, weft_barrier_wait, &self->crowd->barrier);
        (void)weft_atomic_fetch_add_acq_rel_word(&self->crowd->leaders,
                                                 (uintptr_t)rc);
    }
    WEFT_END;
}

static weft_wait_group_t *new_group(void)
{
    weft_wait_group_t *group = frame_new(sizeof(*group));

    weft_wait_group_init(group);
    weft_wait_group_add(group, 1);
    return group;
}

/* Ends the wait of all, frees the group when all are back, makes the next, and
 * lets them come to it. */
static void one_round(struct crowd *crowd)
{
    weft_wait_group_t *group = crowd->group;
    int rc;

    weft_wait_group_add(&crowd->back, CROWD);
    weft_wait_group_done(group);
    CHECK_EQ(weft_wait_group_wait(&crowd->back), 0);
    frame_drop(group, sizeof(*group));
    crowd->group = new_group();
    rc = weft_barrier_wait(&crowd->barrier);
    CHECK(rc == 0 || rc == WEFT_BARRIER_LEADER);
    (void)weft_atomic_fetch_add_acq_rel_word(&crowd->leaders, (uintptr_t)rc);
}

CASE(a_crowd_waits_for_a_group_and_comes_to_a_barrier)
{
    struct crowd crowd = {.rounds = ROUNDS / CROWD};
    struct member member[CROWD] = {{.round = 0}};
    struct core core[2];

    weft_wait_group_init(&crowd.back);
    weft_barrier_init(&crowd.barrier, CROWD + 1);
    crowd.group = new_group();
    core_start(&core[0]);
    core_start(&core[1]);
    for (int i = 0; i < CROWD; i++) {
        member[i].crowd = &crowd;
        CHECK_EQ(
            weft_spawn(&core[i % 2].loop.executor, member_task(&member[i])), 0);
    }
    for (uintptr_t round = 0; round < crowd.rounds; round++) {
        one_round(&crowd);
    }
    core_stop(&core[0]);
    core_stop(&core[1]);
    CHECK_EQ(crowd.leaders, crowd.rounds);
    frame_drop(crowd.group, sizeof(*crowd.group));
}
