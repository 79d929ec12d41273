/* messages.c - instructions of signals and channels between tasks
 * SPDX-License-Identifier: MIT
 */

#include "weft/weft.h"

#include "bench/chip/count.h"

static weft_loop_t loop;
static uint32_t from;

struct message {
    uint32_t words[4];
};

/* --- signals: there and back --------------------------------------------- */

WEFT_SIGNAL_DEFINE(ping, uint32_t);
WEFT_SIGNAL_DEFINE(pong, uint32_t);

struct caller {
    weft_task_t task;
    weft_await_t await;
    uint32_t value;
    unsigned round;
};

WEFT_TASK(caller)
{
    WEFT_BEGIN;
    for (self->round = 0; self->round < COUNT_ROUNDS; self->round++) {
        from = count_now();
        weft_signal_set(&ping.signal, &self->value);
        WEFT_AWAIT(weft_signal_wait, &pong.signal, &self->value);
        count_add("signal ping-pong", from, count_now());
    }
    weft_loop_stop(&loop);
    WEFT_END;
}

struct answerer {
    weft_task_t task;
    weft_await_t await;
    uint32_t value;
    unsigned round;
};

WEFT_TASK(answerer)
{
    WEFT_BEGIN;
    for (self->round = 0; self->round < COUNT_ROUNDS; self->round++) {
        WEFT_AWAIT(weft_signal_wait, &ping.signal, &self->value);
        weft_signal_set(&pong.signal, &self->value);
    }
    WEFT_END;
}

static void signals(void)
{
    static struct caller caller;
    static struct answerer answerer;

    weft_loop_init(&loop, NULL);
    weft_spawn(&loop.executor, answerer_task(&answerer));
    weft_spawn(&loop.executor, caller_task(&caller));
    weft_loop_run(&loop);
}

/* --- channels ------------------------------------------------------------ */

WEFT_CHANNEL_DEFINE(there, struct message, 1);
WEFT_CHANNEL_DEFINE(back, struct message, 1);

struct sender {
    weft_task_t task;
    weft_await_t await;
    struct message message;
    unsigned round;
};

WEFT_TASK(sender)
{
    WEFT_BEGIN;
    for (self->round = 0; self->round < COUNT_ROUNDS; self->round++) {
        from = count_now();
        WEFT_AWAIT(weft_channel_send, &there, &self->message);
        WEFT_AWAIT(weft_channel_recv, &back, &self->message);
        count_add("channel ping-pong", from, count_now());
    }
    weft_loop_stop(&loop);
    WEFT_END;
}

struct receiver {
    weft_task_t task;
    weft_await_t await;
    struct message message;
    unsigned round;
};

WEFT_TASK(receiver)
{
    WEFT_BEGIN;
    for (self->round = 0; self->round < COUNT_ROUNDS; self->round++) {
        WEFT_AWAIT(weft_channel_recv, &there, &self->message);
        count_add("channel send to received", from, count_now());
        WEFT_AWAIT(weft_channel_send, &back, &self->message);
    }
    WEFT_END;
}

static void channels(void)
{
    static struct sender sender;
    static struct receiver receiver;

    weft_loop_init(&loop, NULL);
    weft_spawn(&loop.executor, receiver_task(&receiver));
    weft_spawn(&loop.executor, sender_task(&sender));
    weft_loop_run(&loop);
}

/* --- both ends in one task ------------------------------------------------
 */

WEFT_CHANNEL_DEFINE(own, struct message, 1);

struct both {
    weft_task_t task;
    weft_await_t await;
    struct message message;
    unsigned round;
};

WEFT_TASK(both)
{
    WEFT_BEGIN;
    for (self->round = 0; self->round < COUNT_ROUNDS; self->round++) {
        from = count_now();
        WEFT_AWAIT(weft_channel_send, &own, &self->message);
        WEFT_AWAIT(weft_channel_recv, &own, &self->message);
        count_add("send and receive in one task", from, count_now());
    }
    weft_loop_stop(&loop);
    WEFT_END;
}

static void one_task(void)
{
    static struct both both;

    weft_loop_init(&loop, NULL);
    weft_spawn(&loop.executor, both_task(&both));
    weft_loop_run(&loop);
}

/* --- a stream ------------------------------------------------------------ */

enum { CAPACITY = 8, PARCEL = 2 * CAPACITY };

WEFT_CHANNEL_DEFINE(stream, struct message, CAPACITY);

struct source {
    weft_task_t task;
    weft_await_t await;
    struct message message;
};

WEFT_TASK(source)
{
    WEFT_BEGIN;
    for (;;) {
        WEFT_AWAIT(weft_channel_send, &stream, &self->message);
    }
    WEFT_END;
}

struct sink {
    weft_task_t task;
    weft_await_t await;
    struct message message;
    unsigned round;
    unsigned left;
};

WEFT_TASK(sink)
{
    WEFT_BEGIN;
    for (self->round = 0; self->round < COUNT_ROUNDS; self->round++) {
        from = count_now();
        for (self->left = PARCEL; self->left > 0; self->left--) {
            WEFT_AWAIT(weft_channel_recv, &stream, &self->message);
        }
        count_add_some("stream, capacity 8", from, count_now(), PARCEL);
    }

    weft_channel_close(&stream);
    weft_loop_stop(&loop);
    WEFT_END;
}

static void streaming(void)
{
    static struct source source;
    static struct sink sink;

    weft_loop_init(&loop, NULL);
    weft_spawn(&loop.executor, source_task(&source));
    weft_spawn(&loop.executor, sink_task(&sink));
    weft_loop_run(&loop);
}

int main(void)
{
    count_start();
    signals();
    channels();
    one_task();
    streaming();
    count_print();
    return 0;
}
