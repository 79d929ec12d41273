/* crowds.c - cost of event, signal, flags, wait group, barrier, watch and
 * broadcast
 * SPDX-License-Identifier: MIT
 *
 * "passed": the thing is there already, so nobody waits; one round of setting
 * and taking. "woken": the other fibers of one loop wait for it each time; the
 * figure is for one of them, its turn included.
 */
#define _POSIX_C_SOURCE 200809L

#include "bench/bench.h"
#include "weft/weft.h"

enum { MANY = 100, STACK = 16384 };

static weft_loop_t loop;
static weft_fiber_t fibers[MANY + 1];

static weft_event_t event = WEFT_EVENT_INIT_AUTO;
static weft_event_t gate = WEFT_EVENT_INIT;
static weft_flags_t flags = WEFT_FLAGS_INIT;
static weft_wait_group_t group = WEFT_WAIT_GROUP_INIT;
static weft_barrier_t barrier;
WEFT_SIGNAL_DEFINE(box, int);
WEFT_WATCH_DEFINE(board, int);
WEFT_BROADCAST_DEFINE(radio, int, 16);

/* --- passed -------------------------------------------------------------- */

typedef void turn_fn(int i);

static void event_turn(int i)
{
    (void)i;
    weft_event_set(&event);
    (void)weft_event_wait(&event);
}

static void signal_turn(int i)
{
    weft_signal_set(&box.signal, &i);
    (void)weft_signal_wait(&box.signal, &i);
}

static void flags_turn(int i)
{
    uint32_t got;

    weft_flags_set(&flags, (uint32_t)i | 1);
    (void)weft_flags_wait_any(&flags, UINT32_MAX, &got);
}

static void group_turn(int i)
{
    (void)i;
    weft_wait_group_add(&group, 1);
    weft_wait_group_done(&group);
    (void)weft_wait_group_wait(&group);
}

static void barrier_turn(int i)
{
    (void)i;
    (void)weft_barrier_wait(&barrier);
}

static weft_watch_reader_t reader;

static void watch_turn(int i)
{
    (void)weft_watch_set(&board, &i);
    (void)weft_watch_wait(&reader, &i);
}

static weft_subscriber_t subscriber;

static void broadcast_turn(int i)
{
    (void)weft_broadcast_try_send(&radio, &i);
    (void)weft_broadcast_recv(&subscriber, &i);
}

struct turns {
    turn_fn *turn;
    size_t count;
};

static int take_turns(void *ctx)
{
    const struct turns *turns = ctx;

    for (size_t i = 0; i < turns->count; i++) {
        turns->turn((int)i);
    }
    return 0;
}

static double passed_round(void *ctx, size_t n)
{
    struct turns *turns = ctx;
    double begin = bench_now();

    turns->count = n;
    (void)weft_loop_run_task(&loop,
                             weft_fiber_task(&fibers[0], take_turns, turns));
    return bench_now() - begin;
}

static void passed(const char *name, turn_fn *turn)
{
    struct turns turns = {.turn = turn};

    bench_run(name, passed_round, &turns, 5000000);
}

/* --- woken --------------------------------------------------------------- */

struct crowd {
    turn_fn *wake;
    weft_fiber_fn *wait;
    size_t count; /* of those who wait */
    size_t rounds;
};

static int wake_often(void *ctx)
{
    const struct crowd *crowd = ctx;

    for (size_t i = 0; i < crowd->rounds; i++) {
        crowd->wake((int)i);
        (void)weft_yield();
    }
    return 0;
}

static double woken_round(void *ctx, size_t n)
{
    struct crowd *crowd = ctx;
    double begin = bench_now();

    crowd->rounds = n / crowd->count;
    for (size_t i = 1; i <= crowd->count; i++) {
        (void)weft_go(&loop.executor, &fibers[i], crowd->wait, crowd);
    }
    (void)weft_loop_run_task(&loop,
                             weft_fiber_task(&fibers[0], wake_often, crowd));
    for (size_t i = 1; i <= crowd->count; i++) {
        while (!weft_fiber_finished(&fibers[i])) {
            (void)weft_loop_step(&loop);
        }
    }
    return bench_now() - begin;
}

static void open_gate(int i)
{
    (void)i;
    weft_event_set(&gate);
    weft_event_reset(&gate);
}

static int pass_gate(void *ctx)
{
    for (size_t i = ((struct crowd *)ctx)->rounds; i > 0; i--) {
        (void)weft_event_wait(&gate);
    }
    return 0;
}

static void end_group(int i)
{
    (void)i;
    weft_wait_group_done(&group);
    weft_wait_group_add(&group, 1);
}

static int wait_for_group(void *ctx)
{
    for (size_t i = ((struct crowd *)ctx)->rounds; i > 0; i--) {
        (void)weft_wait_group_wait(&group);
    }
    return 0;
}

static int come_to_barrier(void *ctx)
{
    for (size_t i = ((struct crowd *)ctx)->rounds; i > 0; i--) {
        (void)weft_barrier_wait(&barrier);
    }
    return 0;
}

static void set_board(int i)
{
    (void)weft_watch_set(&board, &i);
}

static int look_at_board(void *ctx)
{
    weft_watch_reader_t own;
    int value;

    weft_watch_reader_init(&own, &board);
    (void)weft_watch_try_wait(&own, &value);
    for (size_t i = ((struct crowd *)ctx)->rounds; i > 0; i--) {
        (void)weft_watch_wait(&own, &value);
    }
    return 0;
}

static void send_radio(int i)
{
    (void)weft_broadcast_try_send(&radio, &i);
}

static int listen(void *ctx)
{
    weft_subscriber_t own;
    int value;

    weft_broadcast_subscribe(&radio, &own);
    for (size_t i = ((struct crowd *)ctx)->rounds; i > 0; i--) {
        (void)weft_broadcast_recv(&own, &value);
    }
    weft_broadcast_unsubscribe(&own);
    return 0;
}

static void woken(const char *name, turn_fn *wake, weft_fiber_fn *wait)
{
    struct crowd crowd = {.wake = wake, .wait = wait, .count = MANY};

    bench_run(name, woken_round, &crowd, 5000000);
}

int main(void)
{
    (void)weft_loop_init(&loop, NULL);
    for (size_t i = 0; i <= MANY; i++) {
        weft_fiber_init(&fibers[i], "bench", bench_memory(1, STACK), STACK);
    }
    weft_watch_reader_init(&reader, &board);
    weft_broadcast_subscribe(&radio, &subscriber);
    weft_barrier_init(&barrier, 1);
    passed("event_passed", event_turn);
    passed("signal_passed", signal_turn);
    passed("flags_passed", flags_turn);
    passed("wait_group_passed", group_turn);
    passed("barrier_passed", barrier_turn);
    passed("watch_passed", watch_turn);
    passed("broadcast_passed", broadcast_turn);
    weft_broadcast_unsubscribe(&subscriber);
    weft_barrier_init(&barrier, MANY + 1);
    weft_wait_group_add(&group, 1);
    woken("event_woken_100", open_gate, pass_gate);
    woken("wait_group_woken_100", end_group, wait_for_group);
    woken("barrier_woken_100", barrier_turn, come_to_barrier);
    woken("watch_woken_100", set_board, look_at_board);
    woken("broadcast_woken_100", send_radio, listen);
    return 0;
}
