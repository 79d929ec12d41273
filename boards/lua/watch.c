/* watch.c - looks a few times a second whether a script ever waits
 * SPDX-License-Identifier: MIT
 *
 * A task of the lowest interrupt priority, as the loop does not run meanwhile.
 * It looks while a script runs, once more, and then waits for the next one: an
 * idle chip is not woken.
 */
#include "boards/lua/watch.h"

#include "weft/event.h"
#include "weft/isr.h"
#include "weft/lua_chip.h"
#include "weft/port.h"
#include "weft/task.h"

#define WATCH_US WEFT_MS(200)

static weft_lua_t *machine;
static weft_event_t begun;

struct watch {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
};

WEFT_TASK(watch)
{
    WEFT_BEGIN;
    for (;;) {
        WEFT_AWAIT(weft_event_wait, &begun);
        do {
            WEFT_SLEEP(WATCH_US);
        } while (machine != NULL && weft_lua_watch(machine));
    }
    WEFT_END;
}

static void on_begun(void *ctx)
{
    weft_event_set(ctx);
}

static bool start(void)
{
    static const weft_isr_config_t lowest = {.priority = 1};
    static weft_isr_t isr;
    static struct watch watch;
    static bool started;

    if (!started && weft_port_levels() > 0 &&
        weft_isr_init(&isr, &lowest) == 0) {
        started = true;
        weft_event_init(&begun, true);
        (void)weft_spawn(&isr.executor, watch_task(&watch));
    }
    return started;
}

void board_lua_watch(weft_lua_t *m)
{
    if (machine != NULL) {
        weft_lua_watch_with(machine, NULL, NULL);
    }
    machine = m;
    if (m != NULL && start()) {
        weft_lua_watch_with(m, on_begun, &begun);
    }
}
