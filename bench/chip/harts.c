/* harts.c - instructions of a message, on one hart and between several
 * SPDX-License-Identifier: MIT
 *
 * Each hart has a loop. "own": on each, a task sends to another of the same
 * loop, through a channel of eight. "ring": each hart sends to the next.
 * "pool": the same pairs as tasks of one pool with a worker on each hart.
 * Counted is what all harts together execute, start and end included, for
 * each message.
 * Harts take turns there, so what they spend in waiting for a lock is not seen.
 *
 *     make -f dev/firmware.mk BOARD=qemu-rv32 BUILD=build/chip/harts \
 *         CPPFLAGS="-Ibench/chip/riscv -DWEFT_ASSERTIONS=0" \
 *         build/chip/harts/bench/chip/harts.elf
 *     SMP=4 QEMU_MORE="-icount shift=6 -rtc clock=vm" dev/firmware_run.sh \
 *         qemu-rv32 build/chip/harts/bench/chip/harts.elf
 */
#include "weft/weft.h"

#include <stdio.h>

#include "bench/chip/count.h"
#include "weft/port.h"

enum { HARTS = 4, MESSAGES = 2000, CAPACITY = 8, PAIRS = 2 };

struct message {
    uint32_t words[4];
};

struct sender {
    weft_pool_task_t task;
    weft_await_t await;
    weft_channel_t *channel;
    struct message message;
    unsigned left;
};

struct receiver {
    weft_pool_task_t task;
    weft_await_t await;
    weft_channel_t *channel;
    struct message message;
    unsigned left;
};

WEFT_TASK(sender)
{
    WEFT_BEGIN;
    while (self->left > 0) {
        self->message.words[0] = self->left--;
        WEFT_AWAIT(weft_channel_send, self->channel, &self->message);
    }
    return 0;
    WEFT_END;
}

WEFT_TASK(receiver)
{
    WEFT_BEGIN;
    while (self->left > 0) {
        WEFT_AWAIT(weft_channel_recv, self->channel, &self->message);
        self->left--;
    }
    return 0;
    WEFT_END;
}

static weft_loop_t loops[HARTS];
static weft_pool_t pool;
static weft_pool_worker_t workers[HARTS];
static weft_port_thread_t threads[HARTS];
static struct sender senders[HARTS * PAIRS];
static struct receiver receivers[HARTS * PAIRS];
static weft_channel_t channels[HARTS * PAIRS];
static struct message buffers[HARTS * PAIRS][CAPACITY];

static void pair(unsigned i, weft_executor_t *from, weft_executor_t *to)
{
    weft_channel_init(&channels[i], buffers[i], sizeof(struct message),
                      CAPACITY);
    senders[i] = (struct sender){.channel = &channels[i], .left = MESSAGES};
    receivers[i] = (struct receiver){.channel = &channels[i], .left = MESSAGES};
    (void)weft_spawn(to, receiver_task(&receivers[i]));
    (void)weft_spawn(from, sender_task(&senders[i]));
}

static void run_loop(void *ctx)
{
    (void)weft_loop_run((weft_loop_t *)ctx);
}

/* distance 0: to itself, 1: to the next hart. */
static void on_loops(unsigned harts, unsigned distance, const char *name)
{
    uint32_t from = count_now();
    unsigned i;

    for (i = 0; i < harts; i++) {
        weft_loop_init(&loops[i], NULL);
    }
    for (i = 0; i < harts; i++) {
        pair(i, &loops[i].executor, &loops[(i + distance) % harts].executor);
    }
    for (i = 0; i < harts; i++) {
        weft_loop_stop(&loops[i]);
    }
    for (i = 1; i < harts; i++) {
        (void)weft_port_thread_start(&threads[i], run_loop, &loops[i]);
    }
    run_loop(&loops[0]);
    for (i = 1; i < harts; i++) {
        weft_port_thread_join(&threads[i]);
    }
    count_add_some(name, from, count_now(), harts * MESSAGES);
}

static void on_pool(unsigned harts, const char *name)
{
    weft_pool_config_t config = {.workers = workers, .count = harts};
    uint32_t from = count_now();
    unsigned i;

    weft_pool_init(&pool, &config);
    for (i = 0; i < harts * PAIRS; i++) {
        pair(i, &pool.executor, &pool.executor);
    }
    weft_pool_stop(&pool);
    if (harts > 1) {
        (void)weft_pool_start(&pool, harts - 1);
    }
    (void)weft_pool_run(&pool);
    (void)weft_pool_join(&pool);
    weft_pool_deinit(&pool);
    count_add_some(name, from, count_now(), harts * PAIRS * MESSAGES);
}

static const char *label(const char *what, unsigned harts)
{
    static char labels[3 * HARTS][24];
    static unsigned next;

    (void)snprintf(labels[next], sizeof(labels[next]), "%s, %u hart%s", what,
                   harts, harts == 1 ? "" : "s");
    return labels[next++];
}

int main(void)
{
    unsigned most = weft_port_core_count();
    unsigned harts;

    count_start();
    for (harts = 1; harts <= most && harts <= HARTS; harts *= 2) {
        on_loops(harts, 0, label("own", harts));
        on_loops(harts, 1, label("ring", harts));
        on_pool(harts, label("pool", harts));
    }
    count_print();
    return 0;
}
