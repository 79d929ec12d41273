/* tasks.c - instructions of a wake, a yield, a wake from an interrupt
 * SPDX-License-Identifier: MIT
 */
#include "weft/weft.h"

#include "bench/chip/count.h"

/* Polls by hand: no more than the work itself lies between the two marks. */
static weft_task_t sleeper, waker;
static weft_loop_t loop;
static unsigned rounds;
static uint32_t from;

static int sleeper_run(weft_runnable_t *runnable)
{
    uint32_t to = count_now();

    (void)runnable;
    if (from != 0) {
        count_add("wake to poll", from, to);
    }
    if (++rounds == COUNT_ROUNDS) {
        weft_loop_stop(&loop);
        weft_task_wake(&waker);
        return 0;
    }
    weft_task_wake(&waker);
    return WEFT_PENDING;
}

static int waker_run(weft_runnable_t *runnable)
{
    (void)runnable;
    if (rounds == COUNT_ROUNDS) {
        return 0;
    }
    from = count_now();
    weft_task_wake(&sleeper);
    return WEFT_PENDING;
}

static void wake_to_poll(void)
{
    sleeper = (weft_task_t){.waiter = {.runnable = {.run = sleeper_run}}};
    waker = (weft_task_t){.waiter = {.runnable = {.run = waker_run}}};
    weft_loop_init(&loop, NULL);
    weft_spawn(&loop.executor, &sleeper);
    weft_spawn(&loop.executor, &waker);
    weft_loop_run(&loop);
}

/* --- the same from an interrupt, nothing else to do ---------------------- */

static int idler_run(weft_runnable_t *runnable)
{
    uint32_t to = count_now();

    (void)runnable;
    if (from != 0) {
        count_add("interrupt to poll", from, to);
    }
    if (++rounds == COUNT_ROUNDS) {
        weft_loop_stop(&loop);
        return 0;
    }
    count_interrupt_soon();
    return WEFT_PENDING;
}

static void in_interrupt(void)
{
    from = count_now();
    weft_task_wake(&sleeper);
}

static void interrupt_to_poll(void)
{
    rounds = 0;
    from = 0;
    sleeper = (weft_task_t){.waiter = {.runnable = {.run = idler_run}}};
    count_on_interrupt(in_interrupt);
    weft_loop_init(&loop, NULL);
    weft_spawn(&loop.executor, &sleeper);
    weft_task_wake(&sleeper);
    weft_loop_run(&loop);
}

/* --- yields ---------------------------------------------------------------
 */

struct yielder {
    weft_task_t task;
    const char *name;
    unsigned left;
};

WEFT_TASK(yielder)
{
    WEFT_BEGIN;
    while (self->left > 0) {
        self->left--;
        if (self->name != NULL && self->left % 2 == 1) {
            from = count_now();
        } else if (self->name != NULL) {
            count_add_some(self->name, from, count_now(), 2);
        }
        WEFT_YIELD();
    }
    weft_loop_stop(&loop);
    WEFT_END;
}

static void yields(const char *name, weft_scheduler_t *order)
{
    static struct yielder one, two;

    one = (struct yielder){.name = name, .left = 2 * COUNT_ROUNDS};
    two = (struct yielder){.left = 2 * COUNT_ROUNDS};
    weft_loop_init(&loop, &(weft_loop_config_t){.scheduler = order});
    weft_spawn(&loop.executor, yielder_task(&one));
    weft_spawn(&loop.executor, yielder_task(&two));
    weft_loop_run(&loop);
}

int main(void)
{
    static weft_priority_scheduler_t order;

    count_start();
    weft_priority_scheduler_init(&order);
    wake_to_poll();
    interrupt_to_poll();
    yields("yield", NULL);
    yields("yield with priorities", &order.scheduler);
    count_print();
    return 0;
}
