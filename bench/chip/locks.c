/* locks.c - instructions of a mutex that is free
 * SPDX-License-Identifier: MIT
 */
#include "weft/weft.h"

#include "bench/chip/count.h"

static weft_loop_t loop;
static weft_mutex_t mutex = WEFT_MUTEX_INIT;

struct owner {
    weft_task_t task;
    weft_await_t await;
    unsigned round;
};

WEFT_TASK(owner)
{
    static uint32_t from;

    WEFT_BEGIN;
    for (self->round = 0; self->round < COUNT_ROUNDS; self->round++) {
        from = count_now();
        WEFT_AWAIT(weft_mutex_lock, &mutex);
        weft_mutex_unlock(&mutex);
        count_add("mutex, free", from, count_now());
    }
    weft_loop_stop(&loop);
    WEFT_END;
}

int main(void)
{
    static struct owner owner;

    count_start();
    weft_loop_init(&loop, NULL);
    weft_spawn(&loop.executor, owner_task(&owner));
    weft_loop_run(&loop);
    count_print();
    return 0;
}
