/* step.c - storms in virtual time: the clock goes on after a million steps
 * SPDX-License-Identifier: MIT
 *
 * Virtual time stands still while anything is ready, so a script that keeps
 * itself ready for ever would never see its timers. After STEPS_MAX resumes
 * and callbacks at one instant the clock moves by a millisecond.
 */
#include "bindings/lua/core.h"
#include "weft/sim.h"

enum { STEPS_MAX = 1000000, INSTANT_US = 1000 };

/* Only the simulator's build has virtual time, and links what moves it. */
static void move_on(void)
{
    if (WEFT_POINTS) {
        weft_sim_spend(INSTANT_US);
    }
}

void weft__lua_instant(struct weft_lua *m)
{
    struct weft__lua_core *core = m->core;
    uint64_t now_us = weft_now_us();

    if (core->instant_us != now_us) {
        core->instant_us = now_us;
        core->instant_steps = core->steps;
    }
    if (core->steps - core->instant_steps < STEPS_MAX || core->armed == 0) {
        return;
    }
    if (!core->instant_told) {
        core->instant_told = true;
        weft__lua_report(m, "1000000 steps and no time has passed: virtual "
                            "time moves on by 1 ms (said once)");
    }
    move_on();
}
