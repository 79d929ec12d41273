/* channels.c - cost of channels and select: ping-pong, 2 to 1, 4 to 1
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L

#include "bench/bench.h"
#include "weft/channel.h"
#include "weft/fiber.h"
#include "weft/fiber_inlined.h"
#include "weft/loop.h"
#include "weft/pool.h"
#include "weft/select.h"
#include "weft/task.h"

enum { SENDERS = 4, CAPACITY = 128, STACK = 8192 };

static weft_loop_t loop;
static weft_stack_pool_t stacks;

/* --- ping-pong ----------------------------------------------------------- */

struct player {
    weft_task_t task;
    weft_await_t await;
    weft_channel_t *in;
    weft_channel_t *out;
    size_t left;
    uint64_t value;
};

/* Sends, then receives; the other one the other way round. */
WEFT_TASK(player)
{
    WEFT_BEGIN;
    while (self->left > 0) {
        self->left--;
        WEFT_AWAIT(weft_channel_send, self->out, &self->value);
        WEFT_AWAIT(weft_channel_recv, self->in, &self->value);
    }
    WEFT_END;
}

struct echo {
    weft_task_t task;
    weft_await_t await;
    weft_channel_t *in;
    weft_channel_t *out;
    uint64_t value;
};

WEFT_TASK(echo)
{
    WEFT_BEGIN;
    for (;;) {
        WEFT_AWAIT(weft_channel_recv, self->in, &self->value);
        WEFT_AWAIT(weft_channel_send, self->out, &self->value);
    }
    WEFT_END;
}

struct table {
    weft_channel_t ping, pong;
};

static void table_open(struct table *table)
{
    (void)weft_channel_init(&table->ping, NULL, sizeof(uint64_t), 0);
    (void)weft_channel_init(&table->pong, NULL, sizeof(uint64_t), 0);
}

static double ping_task_round(void *ctx, size_t n)
{
    static struct {
        _Alignas(64) struct table table;
        struct player player;
        struct echo echo;
    } game;
    double begin;

    (void)ctx;
    table_open(&game.table);
    game.player = (struct player){.left = n};
    game.player.in = game.echo.out = &game.table.pong;
    game.player.out = game.echo.in = &game.table.ping;
    begin = bench_now();
    (void)weft_spawn(&loop.executor, echo_task(&game.echo));
    (void)weft_loop_run_task(&loop, player_task(&game.player));
    begin = bench_now() - begin;
    (void)weft_channel_close(&game.table.ping);
    (void)weft_loop_step(&loop);
    return begin;
}

/* The same for fibers: a set of functions for each form. */
struct side {
    struct table *table;
    size_t left;
};

static int plays(void *ctx)
{
    struct side *side = ctx;
    uint64_t value = 0;

    for (; side->left > 0; side->left--) {
        (void)weft_channel_send(&side->table->ping, &value);
        (void)weft_channel_recv(&side->table->pong, &value);
    }
    return 0;
}

static int echoes(void *ctx)
{
    struct table *table = ctx;
    uint64_t value;

    while (weft_channel_recv(&table->ping, &value) == 0) {
        (void)weft_channel_send(&table->pong, &value);
    }
    return 0;
}

static int plays_inlined(void *ctx)
{
    struct side *side = ctx;
    uint64_t value = 0;

    for (; side->left > 0; side->left--) {
        (void)weft_channel_send_inlined(&side->table->ping, &value);
        (void)weft_channel_recv_inlined(&side->table->pong, &value);
    }
    return 0;
}

static int echoes_inlined(void *ctx)
{
    struct table *table = ctx;
    uint64_t value;

    while (weft_channel_recv_inlined(&table->ping, &value) == 0) {
        (void)weft_channel_send_inlined(&table->pong, &value);
    }
    return 0;
}

struct forms {
    weft_fiber_fn *plays;
    weft_fiber_fn *echoes;
};

static void go(weft_executor_t *on, weft_fiber_t *fiber, weft_fiber_fn *fn,
               void *ctx)
{
    weft_fiber_init_pooled(fiber, "bench", &stacks);
    (void)weft_go(on, fiber, fn, ctx);
}

static void run(weft_fiber_t *fiber, weft_fiber_fn *fn, void *ctx)
{
    weft_fiber_init_pooled(fiber, "bench", &stacks);
    (void)weft_loop_run_task(&loop, weft_fiber_task(fiber, fn, ctx));
}

static double ping_fiber_round(void *ctx, size_t n)
{
    const struct forms *forms = ctx;
    struct table table;
    struct side side = {&table, n};
    weft_fiber_t player, echo;
    double begin;

    table_open(&table);
    begin = bench_now();
    go(&loop.executor, &echo, forms->echoes, &table);
    run(&player, forms->plays, &side);
    begin = bench_now() - begin;
    (void)weft_channel_close(&table.ping);
    (void)weft_loop_step(&loop);
    return begin;
}

/* --- several to one ------------------------------------------------------- */

struct sending {
    weft_channel_t *channel;
    size_t left;
};

static int sends(void *ctx)
{
    struct sending *self = ctx;

    for (; self->left > 0; self->left--) {
        uint64_t value = self->left;

        (void)weft_channel_send_inlined(self->channel, &value);
    }
    return 0;
}

static int selects(void *ctx)
{
    struct sending *self = ctx;
    uint64_t value;
    weft_case_t cases[] = {weft_case_recv(self[0].channel, &value),
                           weft_case_recv(self[1].channel, &value)};

    for (size_t left = 2 * self[0].left; left > 0; left--) {
        (void)weft_select_inlined(cases, 2, WEFT_SELECT_FAIR);
    }
    return 0;
}

static double select_round(void *ctx, size_t n)
{
    weft_channel_t channel[2];
    struct sending sending[2];
    weft_fiber_t sender[2], receiver;
    double begin;

    (void)ctx;
    for (int i = 0; i < 2; i++) {
        (void)weft_channel_init(&channel[i], NULL, sizeof(uint64_t), 0);
        sending[i] = (struct sending){&channel[i], n / 2};
    }
    begin = bench_now();
    go(&loop.executor, &sender[0], sends, &sending[0]);
    go(&loop.executor, &sender[1], sends, &sending[1]);
    run(&receiver, selects, sending);
    begin = bench_now() - begin;
    (void)weft_loop_step(&loop);
    return begin;
}

static int receives(void *ctx)
{
    struct sending *self = ctx;

    for (; self->left > 0; self->left--) {
        uint64_t value;

        (void)weft_channel_recv_inlined(self->channel, &value);
    }
    return 0;
}

struct gathering {
    uint64_t room[CAPACITY];
    weft_channel_t channel;
    struct sending sending[SENDERS];
    struct sending receiving;
    weft_fiber_t sender[SENDERS], receiver;
};

static void gather(struct gathering *all, weft_executor_t *on, size_t n)
{
    (void)weft_channel_init(&all->channel, all->room, sizeof(uint64_t),
                            CAPACITY);
    for (int i = 0; i < SENDERS; i++) {
        all->sending[i] = (struct sending){&all->channel, n / SENDERS};
        go(on, &all->sender[i], sends, &all->sending[i]);
    }
    all->receiving = (struct sending){&all->channel, n / SENDERS * SENDERS};
    weft_fiber_init_pooled(&all->receiver, "bench", &stacks);
}

static double four_round(void *ctx, size_t n)
{
    struct gathering all;
    double begin = bench_now();

    (void)ctx;
    gather(&all, &loop.executor, n);
    (void)weft_loop_run_task(
        &loop, weft_fiber_task(&all.receiver, receives, &all.receiving));
    begin = bench_now() - begin;
    (void)weft_loop_step(&loop);
    return begin;
}

static double four_2t_round(void *ctx, size_t n)
{
    struct gathering all;
    weft_pool_t *pool = ctx;
    double begin = bench_wall();

    gather(&all, &pool->executor, n);
    (void)weft_go(&pool->executor, &all.receiver, receives, &all.receiving);
    (void)weft_fiber_join(&all.receiver);
    begin = bench_wall() - begin;
    for (int i = 0; i < SENDERS; i++) {
        (void)weft_fiber_join(&all.sender[i]);
    }
    return begin;
}

static void on_a_pool(void)
{
    static weft_pool_t pool;
    static weft_pool_worker_t workers[2];

    (void)weft_pool_init(&pool,
                         &(weft_pool_config_t){.workers = workers, .count = 2});
    (void)weft_pool_start(&pool, 2);
    bench_run("chan_4to1_2t", four_2t_round, &pool, 4000000);
    weft_pool_stop(&pool);
    (void)weft_pool_join(&pool);
    weft_pool_deinit(&pool);
}

int main(void)
{
    static struct forms called = {plays, echoes};
    static struct forms inlined = {plays_inlined, echoes_inlined};

    (void)weft_loop_init(&loop, NULL);
    weft_stack_pool_init(&stacks, &(weft_stack_config_t){.size = STACK});
    bench_run("chan_ping_task", ping_task_round, NULL, 2000000);
    bench_run("chan_ping_fiber", ping_fiber_round, &called, 2000000);
    bench_run("chan_ping_fiber_inline", ping_fiber_round, &inlined, 2000000);
    bench_run("select_2", select_round, NULL, 2000000);
    bench_run("chan_4to1_1t", four_round, NULL, 4000000);
    on_a_pool();
    return 0;
}
