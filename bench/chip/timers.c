/* timers.c - instructions of a timed wait, beside other timers
 * SPDX-License-Identifier: MIT
 */
#include "weft/weft.h"

#include "bench/chip/count.h"

enum { OTHERS_MAX = 100 };

static weft_loop_t loop;
static uint32_t from;

struct other {
    weft_task_t task;
    weft_timer_node_t timer;
    uint64_t until_us;
};

WEFT_TASK(other)
{
    WEFT_BEGIN;
    WEFT_SLEEP_UNTIL(self->until_us);
    WEFT_END;
}

/* Sleeps for so short that the time has passed when the loop comes to look at
 * its timers again: what is counted is arming, the loop's way round, firing
 * and the poll; not the port's sleep. */
enum { SHORT_US = 8 };

struct sleeper {
    weft_task_t task;
    weft_timer_node_t timer;
    const char *name;
    unsigned round;
};

WEFT_TASK(sleeper)
{
    uint64_t now_us;

    WEFT_BEGIN;
    WEFT_YIELD();
    for (self->round = 0; self->round < COUNT_ROUNDS; self->round++) {
        now_us = weft_now_us();
        while (weft_now_us() == now_us) {}
        now_us += 1 + SHORT_US;
        from = count_now();
        WEFT_SLEEP_UNTIL(now_us);
        count_add(self->name, from, count_now());
    }
    weft_loop_cancel(&loop);
    weft_loop_stop(&loop);
    WEFT_END;
}

/* The others wait for long, each until another moment. */
static void beside(const char *name, unsigned others)
{
    static struct other other[OTHERS_MAX];
    static struct sleeper sleeper;
    static weft_scope_t root;
    unsigned i;

    sleeper = (struct sleeper){.name = name};
    weft_loop_init(&loop, &(weft_loop_config_t){.root = &root});
    for (i = 0; i < others; i++) {
        other[i].until_us = weft_deadline(WEFT_S(60) + i * 7919u % 1000u);
        weft_spawn(&loop.executor, other_task(&other[i]));
    }
    weft_spawn(&loop.executor, sleeper_task(&sleeper));
    weft_loop_run(&loop);
}

int main(void)
{
    count_start();
    beside("timer wait, no other", 0);
    beside("timer wait, 10 others", 10);
    beside("timer wait, 100 others", 100);
    count_print();
    return 0;
}
