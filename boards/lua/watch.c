/* watch.c - looks a few times a second whether a script ever waits
 * SPDX-License-Identifier: MIT
 *
 * A task of the lowest interrupt priority, as the loop does not run meanwhile.
 */
#include "boards/lua/watch.h"

#include "weft/isr.h"
#include "weft/lua_chip.h"
#include "weft/port.h"
#include "weft/task.h"

#define WATCH_US WEFT_MS(200)

static weft_lua_t *machine;

struct watch {
    weft_task_t task;
    weft_timer_node_t timer;
};

WEFT_TASK(watch)
{
    WEFT_BEGIN;
    for (;;) {
        WEFT_SLEEP(WATCH_US);
        if (machine != NULL) {
            weft_lua_watch(machine);
        }
    }
    WEFT_END;
}

void board_lua_watch(weft_lua_t *m)
{
    static const weft_isr_config_t lowest = {.priority = 1};
    static weft_isr_t isr;
    static struct watch watch;
    static bool begun;

    machine = m;
    if (!begun && weft_port_levels() > 0 && weft_isr_init(&isr, &lowest) == 0) {
        begun = true;
        (void)weft_spawn(&isr.executor, watch_task(&watch));
    }
}
