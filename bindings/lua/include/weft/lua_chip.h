/* lua_chip.h - what a Lua machine needs from firmware that it needs not on a
 * host
 * SPDX-License-Identifier: MIT
 *
 * When to use it: in firmware whose scripts may loop for ever. A host watches
 * them with a thread; a chip has a timer's interrupt.
 *
 * Example:
 *
 *     void timer_start(void *timer); // an interrupt a few times a second
 *     void timer_stop(void *timer);
 *     static weft_lua_t *machine;
 *
 *     static void begun(void *ctx)
 *     {
 *         timer_start(ctx);
 *     }
 *
 *     void timer_interrupt(void *timer)
 *     {
 *         if (!weft_lua_watch(machine)) {
 *             timer_stop(timer);
 *         }
 *     }
 *
 *     void watch(void *timer)
 *     {
 *         weft_lua_watch_with(machine, begun, timer);
 *     }
 *
 * So an idle machine has no interrupts from its watch. Only the firmware form
 * of the binding has these.
 */
#ifndef WEFT_LUA_CHIP_H
#define WEFT_LUA_CHIP_H

#include "weft/lua.h"

#ifdef __cplusplus
extern "C" {
#endif

/* From now on begun(ctx) is called when a script begins to run and
 * weft_lua_watch has not been called yet, or said false the last time. NULL:
 * no more. begun is called on the machine's loop, often: it may set an event.
 * Context: the machine's loop, or before it runs. */
void weft_lua_watch_with(weft_lua_t *machine, void (*begun)(void *ctx),
                         void *ctx);

/* Looks whether a script runs without a wait for longer than config.stuck_ms:
 * then it is reported with its line, and with config.kill_stuck stopped by an
 * error. One that goes on a second later is a panic (weft_hook_panic). False:
 * no script runs, so there is nothing to look at before the next one begins.
 * Context: an interrupt on the core that runs the machine's loop. */
bool weft_lua_watch(weft_lua_t *machine);

#ifdef __cplusplus
}
#endif

#endif
