/* machine.h - what the files of the Lua binding share
 * SPDX-License-Identifier: MIT
 *
 * A machine is a Lua state and what Weft knows of it. It belongs to one loop:
 * everything here is called on that loop's thread, but for weft__lua_submit.
 *
 * How to write a module (a table of functions for scripts):
 *
 *     static int l_set(lua_State *L)
 *     {
 *         struct weft_lua *m = weft__lua_machine(L);
 *         ...
 *     }
 *     static const luaL_Reg functions[] = {{"set", l_set}, {NULL, NULL}};
 *
 *     int weft__lua_open_gpio(lua_State *L)  // argument 1: the machine
 *     {
 *         lua_newtable(L);
 *         weft__lua_setfuncs(L, lua_touserdata(L, 1), functions);
 *         return 1;
 *     }
 *
 * and add a line to the table in modules.c. Errors in arguments are Lua
 * errors by luaL_argerror and its kin. Whatever calls a script's function
 * from outside a script does it by weft__lua_call.
 */
#ifndef WEFT_LUA_MACHINE_H
#define WEFT_LUA_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lauxlib.h>
#include <lua.h>

#include "weft/event.h"
#include "weft/lua.h"
#include "weft/task.h"
#include "weft/timer.h"

struct weft__lua_core; /* core.h: what only sys, rtos and the runtime use */

/* Slots for what a module keeps of one machine: its own struct, allocated by
 * weft__lua_alloc in its open function, freed in its close function. */
enum weft__lua_slot {
    WEFT__LUA_LOG,
    WEFT__LUA_GPIO,
    WEFT__LUA_UART,
    WEFT__LUA_PWM,
    WEFT__LUA_SLOTS
};

struct weft_lua {
    weft_task_t task; /* first: the machine is a task of its loop */
    weft_await_t await;
    weft_event_t wake; /* automatic: there is something to do */
    weft_lua_config_t config;
    lua_State *L;      /* the state's main thread */
    uint64_t start_us; /* when it was (re)booted: zero of the script's time */
    unsigned coming;   /* timers of modules that will still call the script:
                           while there are any the machine is not at its end */
    void *slot[WEFT__LUA_SLOTS];
    struct weft__lua_core *core;
};

/* --- for functions that scripts call ------------------------------------- */

/* The machine, in a function that weft__lua_setfuncs registered (or any C
 * closure whose upvalue 1 is the machine as light userdata). */
static inline struct weft_lua *weft__lua_machine(lua_State *L)
{
    return (struct weft_lua *)lua_touserdata(L, lua_upvalueindex(1));
}

/* As luaL_setfuncs into the table on top, each with the machine as its one
 * upvalue. */
void weft__lua_setfuncs(lua_State *L, struct weft_lua *m,
                        const luaL_Reg *functions);

/* The machine of any state or coroutine; NULL if none is open in it. Slower
 * than weft__lua_machine. */
struct weft_lua *weft__lua_find(lua_State *L);

/* Ends the machine as os.exit(status) does: unwinds the script and does not
 * return. */
int weft__lua_exit(lua_State *L, struct weft_lua *m, int status);

/* Ends the machine as a failure (status 1) that was reported with this one
 * line; does not return. For a bad argument to a board function and such:
 * where an ordinary Lua error will do, raise that instead. */
int weft__lua_fail(lua_State *L, struct weft_lua *m, const char *line);

/* --- calling a script's function from outside of one --------------------- */

/* The state on which to push function and arguments, and to leave as it was:
 * 20 free slots are sure. Not for functions that scripts call. */
lua_State *weft__lua_base(struct weft_lua *m);

/* Calls the function below its nargs arguments on top of L; pops both,
 * results are dropped. An error is reported and obeys the failure policy;
 * `what` says in the report what was called ("callback of gpio 3"). False:
 * it failed. Never raises an error. Counts as one step. */
bool weft__lua_call(struct weft_lua *m, lua_State *L, int nargs,
                    const char *what);

/* The same for plain C code that allocates in Lua (pushes strings, builds
 * tables) outside of a script: runs fn in protected mode with the light
 * userdata ud as its only argument. False: it failed, which was reported. */
bool weft__lua_protect(struct weft_lua *m, lua_CFunction fn, void *ud,
                       const char *what);

/* --- from any thread and interrupt --------------------------------------- */

/* Has entry->run(entry) called on the machine's loop, in the order of
 * submission, outside of any script. Never fails and never allocates: entry
 * is in the caller's memory, once at a time, until run was called, which it
 * is exactly once, also when the machine has ended or reboots meanwhile: look
 * at weft__lua_alive first there. When run returns the message queue is
 * drained and the end of the machine considered: no more is needed.
 *
 * A board's watch callback typically does
 *
 *     if (weft_atomic_exchange_acq_rel_u8(&pin->queued, 1) == 0) {
 *         weft__lua_submit(pin->machine, &pin->entry);
 *     }
 */
void weft__lua_submit(struct weft_lua *m, weft_runnable_t *entry);

/* False once it ends: then do not touch its Lua state. */
bool weft__lua_alive(const struct weft_lua *m);

/* --- words and memory ---------------------------------------------------- */

/* Writes to the script's standard output (config.print or stdout). */
void weft__lua_print(struct weft_lua *m, const char *text, size_t size);

/* One report (config.report or stderr), without a line end; the machine's
 * name comes in front where it has one. An error: counts, so that the exit
 * status becomes 1. */
void weft__lua_report(struct weft_lua *m, const char *text);
void weft__lua_report_error(struct weft_lua *m, const char *text);

/* Memory of the machine, counted and limited with Lua's. NULL: none left
 * (size 0 frees). It never raises an error. */
void *weft__lua_alloc(struct weft_lua *m, void *pointer, size_t old_size,
                      size_t new_size);

/* Writes a line as log.error (level 'E'), log.warn ('W') and so on do, with
 * this tag. log.c has it. L: for a script's own log settings, may not be used
 * to allocate without protection. */
void weft__lua_log(struct weft_lua *m, char level, const char *tag,
                   const char *text);

/* Publishes the nargs values on top of L (the first is the topic) and pops
 * them. Raises a Lua error when memory or the bound is short. */
void weft__lua_publish(struct weft_lua *m, lua_State *L, int nargs);

/* --- modules ------------------------------------------------------------- */

/* Open functions: lua_CFunctions with the machine as light userdata in
 * argument 1, in protected mode; what they return becomes a global of the
 * module's name and package.loaded's entry. prelude and os return nothing
 * and change globals in place. Called again after a reboot. */
int weft__lua_open_log(lua_State *L);
int weft__lua_open_prelude(lua_State *L);
int weft__lua_open_mcu(lua_State *L);
int weft__lua_open_os(lua_State *L);
int weft__lua_open_gpio(lua_State *L);
int weft__lua_open_uart(lua_State *L);
int weft__lua_open_pwm(lua_State *L);
int weft__lua_open_adc(lua_State *L);
int weft__lua_open_wdt(lua_State *L);
int weft__lua_open_sys(lua_State *L); /* also sysplus */
int weft__lua_open_rtos(lua_State *L);
int weft__lua_open_weft(lua_State *L);
int weft__lua_open_service(lua_State *L);

/* Close functions: before the Lua state goes (end or reboot), also when open
 * failed half-way: take watches off the board, so that nothing is submitted
 * any more. Entries already submitted are run once more after this, with
 * weft__lua_alive false. The second round frees the slot's memory. */
void weft__lua_close_gpio(struct weft_lua *m);
void weft__lua_free_gpio(struct weft_lua *m);
void weft__lua_close_uart(struct weft_lua *m);
void weft__lua_free_uart(struct weft_lua *m);

/* What mcu.ticks, os.clock and os.time count: microseconds since start. */
static inline uint64_t weft__lua_elapsed_us(const struct weft_lua *m)
{
    return weft_now_us() - m->start_us;
}

#endif
