/* lua_chip.h - what a Lua machine needs from firmware that it needs not on a
 * host
 * SPDX-License-Identifier: MIT
 *
 * When to use it: in firmware whose scripts may loop for ever. A host watches
 * them with a thread; a chip has a timer's interrupt.
 *
 * Example:
 *
 *     static weft_lua_t *machine;
 *
 *     void timer_interrupt(void) // a few times a second
 *     {
 *         if (machine != NULL) {
 *             weft_lua_watch(machine);
 *         }
 *     }
 *
 * Only the firmware form of the binding has these.
 */
#ifndef WEFT_LUA_CHIP_H
#define WEFT_LUA_CHIP_H

#include "weft/lua.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Looks whether a script runs without a wait for longer than config.stuck_ms:
 * then it is reported with its line, and with config.kill_stuck stopped by an
 * error. One that goes on a second later is a panic (weft_hook_panic).
 * Context: an interrupt on the core that runs the machine's loop. */
void weft_lua_watch(weft_lua_t *machine);

#ifdef __cplusplus
}
#endif

#endif
