/* step.c - storms in virtual time: the clock goes on after a million steps
 * SPDX-License-Identifier: MIT
 *
 * Virtual time stands still while anything is ready, so a script that keeps
 * itself ready for ever would never see its timers. After STEPS_MAX resumes
 * and callbacks at one instant the clock moves by a millisecond.
 */
#include "bindings/lua/core.h"
#include "weft/sim.h"

enum {
    STEPS_MAX = 1000000,
    STEPS_MIN = 1024,
    STORM_MAX = 10,
    INSTANT_US = 1000,
};

static uint64_t price(const struct weft__lua_core *core)
{
    unsigned late = core->storm > STORM_MAX ? core->storm - STORM_MAX : 0;
    uint64_t steps = late < 10 ? STEPS_MAX >> late : STEPS_MIN;

    return steps > STEPS_MIN ? steps : STEPS_MIN;
}

/* Only the simulator's build has virtual time, and links what moves it. */
static void spend(uint64_t us)
{
    if (WEFT_POINTS) {
        weft_sim_spend(us);
    }
}

/* Any timer of the loop counts: the end of a run and other machines wait for
 * theirs too. Where there is none the clock moves by next to nothing, at
 * which interrupts are taken: a signal that stops the run is heard. */
void weft__lua_instant(struct weft_lua *m)
{
    struct weft__lua_core *core = m->core;
    uint64_t now_us = weft_now_us();

    if (core->instant_us != now_us) {
        core->instant_us = now_us;
        core->instant_steps = core->steps;
        core->storm = 0;
    }
    if (core->steps - core->instant_steps < price(core)) {
        return;
    }
    if (weft_loop_next(m->config.loop) == WEFT_FOREVER) {
        spend(1);
        core->instant_us = weft_now_us();
        core->instant_steps = core->steps;
        return;
    }
    if (!core->instant_told) {
        core->instant_told = true;
        weft__lua_report(m, "1000000 steps and no time has passed: virtual "
                            "time moves on by 1 ms (said once)");
    }
    spend(INSTANT_US);
    core->storm++;
    core->instant_us = weft_now_us();
    core->instant_steps = core->steps;
}
