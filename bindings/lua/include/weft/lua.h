/* lua.h - Lua machines: sys, rtos, log on Weft's timers and waits
 * SPDX-License-Identifier: MIT
 *
 * Two ways. Driven: weft_lua_create makes a machine that a weft loop owns;
 * any number in one process. Embedded: a program with a lua_State of its own
 * calls weft_lua_open, and its script's sys.run() runs the loop on that
 * thread until the script ends it.
 *
 * Example:
 *
 *     weft_lua_config_t config = { .loop = &loop, .name = "main.lua" };
 *     weft_lua_t *machine = weft_lua_create(&config);
 *     if (weft_lua_load_file(machine, "main.lua") == 0) {
 *         weft_lua_start(machine);
 *         weft_loop_stop(&loop); // which lets the run end, see below
 *         weft_loop_run(&loop);
 *     }
 *     int status = weft_lua_status(machine);
 *     weft_lua_destroy(machine);
 *
 * A loop runs for ever, as it may be given work from elsewhere. One that was
 * asked to stop, here before it begins, returns when its last task has ended;
 * a machine is one until it has ended.
 *
 * Context: the loop's own thread, but for weft_lua_post, weft_lua_post_static,
 * weft_lua_stop and weft_lua_reboot. Memory: all of it comes from
 * config.allocator, which weft_lua_post calls on its caller's thread, and an
 * answer to service.call (weft/lua_service.h) where it is given;
 * memory_max bounds what the script and its timers, tasks and messages take,
 * not the program's text, and posts and calls of services on their way.
 */
#ifndef WEFT_LUA_H
#define WEFT_LUA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weft/allocator.h"
#include "weft/board.h"
#include "weft/loop.h"
#include "weft/trace.h"

#ifdef __cplusplus
extern "C" {
#endif

struct lua_State;
typedef struct weft_lua weft_lua_t;

/* Why a machine ended. */
enum weft_lua_end {
    WEFT_LUA_RUNNING = 0,
    WEFT_LUA_FINISHED, /* nothing can happen in it any more */
    WEFT_LUA_EXITED,   /* os.exit(n) */
    WEFT_LUA_FAILED,   /* an error at load, roll-back, memory, stuck */
    WEFT_LUA_STOPPED,  /* weft_lua_stop */
    WEFT_LUA_REBOOTED, /* too many reboots */
};

/* A script in memory, as it is compiled into firmware. */
typedef struct weft_lua_script {
    const char *name; /* "main.lua", "lib/colour.lua" */
    const char *text;
    size_t size;
} weft_lua_script_t;

/* All zero is the default. */
typedef struct weft_lua_config {
    weft_loop_t *loop; /* who runs it; required for a driven machine */
    const char *name;  /* in reports, when there are several machines */
    const weft_allocator_t *allocator; /* borrows; NULL: the C library's */
    size_t memory_max;                 /* bytes of Lua memory; 0: no limit */
    unsigned timers_max;               /* 0: as many as memory holds */
    unsigned messages_max;             /* queued; 0: as many as memory holds */
    unsigned reboots_max;              /* 0: any number */
    unsigned stuck_ms; /* report a task that runs so long; 0: 2000 */
    bool kill_stuck;   /* and stop it with an error */
    bool stays;        /* does not end by itself: messages will come from C */
    bool seeded;       /* math.random starts from seed */
    uint64_t seed;
    uint64_t epoch_s;    /* os.time() at the start, in UTC, as a simulation
                               needs it; 0: the host's clock */
    weft_board_t *board; /* borrows; NULL: no board modules' devices */
    /* Borrows; what require looks into before it looks for files, by the
     * same names. One without a name is the last. NULL: none. */
    const weft_lua_script_t *scripts;
    weft_trace_t *trace; /* borrows; NULL: none */
    /* Borrows; where service.define and service.call have their names, shared
     * with other machines and C: weft/lua_service.h. NULL: one of its own. */
    struct weft_lua_services *services;
    /* Standard output of the script; NULL: stdout. */
    void (*print)(void *ctx, const char *text, size_t size);
    /* Reports (error, traceback, which task): one call a report, lines
     * separated by \n, none at the end. NULL: stderr. */
    void (*report)(void *ctx, const char *text, size_t size);
    void (*ended)(weft_lua_t *machine, enum weft_lua_end how, void *ctx);
    void *ctx;
} weft_lua_config_t;

/* A machine, or NULL when memory is short. */
weft_lua_t *weft_lua_create(const weft_lua_config_t *config);
void weft_lua_destroy(weft_lua_t *machine);

/* Reads and compiles a script; modules it requires are looked for beside it.
 * Load_file is there on hosts only.
 * 0; WEFT_ERR_NOT_FOUND missing or unreadable, WEFT_ERR_INVALID binary,
 * a directory, more than 64 MB, or a syntax error, WEFT_ERR_MEMORY; the
 * reason, one line with file and line, is weft_lua_error. */
int weft_lua_load_file(weft_lua_t *machine, const char *path);
int weft_lua_load_text(weft_lua_t *machine, const char *name, const char *text,
                       size_t size);
/* The same without a copy: text stays until the machine was destroyed. */
int weft_lua_load_static(weft_lua_t *machine, const char *name,
                         const char *text, size_t size);
/* The one of that name in config.scripts; else WEFT_ERR_NOT_FOUND. */
int weft_lua_load_script(weft_lua_t *machine, const char *name);
const char *weft_lua_error(const weft_lua_t *machine);

/* Spawns the main chunk on the loop. The machine keeps the loop's tasks alive
 * until it ended; it ends by itself when nothing can happen in it. */
int weft_lua_start(weft_lua_t *machine);

enum weft_lua_end weft_lua_ended(const weft_lua_t *machine);

/* Exit status: n of os.exit(n); 1 after any error that was reported or a
 * failure; else 0. */
int weft_lua_status(const weft_lua_t *machine);

/* From any thread or interrupt: asks it to end, in order. */
void weft_lua_stop(weft_lua_t *machine);

/* From any thread or interrupt: starts it again, as rtos.reboot() does: what
 * a watchdog does that was not fed. */
void weft_lua_reboot(weft_lua_t *machine);

/* A value that can be posted. A string is copied by the post. */
enum weft_lua_type {
    WEFT_LUA_NIL = 0,
    WEFT_LUA_BOOLEAN,
    WEFT_LUA_INTEGER,
    WEFT_LUA_NUMBER,
    WEFT_LUA_STRING,
    WEFT_LUA_TABLE, /* of a service only: weft/lua_service.h */
};
typedef struct weft_lua_value {
    enum weft_lua_type type;
    union {
        bool boolean;
        int64_t integer;
        double number;
        struct {
            const char *data;
            size_t size;
        } string; /* of a table: its bytes */
    } as;
} weft_lua_value_t;

/* Publishes a message from any thread, like sys.publish(topic, ...) in the
 * script. Allocates (see weft_lua_post_static for interrupts).
 * WEFT_ERR_MEMORY, WEFT_ERR_FULL, WEFT_ERR_STOPPED; WEFT_ERR_INVALID: more than
 * 200 values, or a table. */
int weft_lua_post(weft_lua_t *machine, const char *topic,
                  const weft_lua_value_t *values, size_t count);

/* The same from interrupts: memory of the caller's, which the machine keeps
 * until taken is true again; a message still on its way is WEFT_ERR_BUSY. */
typedef struct weft_lua_message {
    const char *topic;
    weft_lua_value_t values[4]; /* strings are borrowed */
    size_t count;
    /* private */
    weft_runnable_t runnable;
    weft_lua_t *machine;
    uint8_t queued;
} weft_lua_message_t;
int weft_lua_post_static(weft_lua_t *machine, weft_lua_message_t *message);

/* C listens: called on the loop with each message published under topic; the
 * values are on the stack of L from 1 to top. NULL fn ends it. */
typedef void weft_lua_subscriber_fn(void *ctx, struct lua_State *L, int top);
int weft_lua_subscribe(weft_lua_t *machine, const char *topic,
                       weft_lua_subscriber_fn *fn, void *ctx);

/* Numbers for a live display and for tests. */
typedef struct weft_lua_stats {
    unsigned tasks; /* coroutines that wait */
    unsigned timers;
    unsigned messages; /* queued */
    unsigned errors;   /* reported */
    unsigned reboots;
    size_t memory; /* bytes now */
    size_t memory_peak;
    uint64_t steps; /* resumes and callbacks */
} weft_lua_stats_t;
weft_lua_stats_t weft_lua_stats(const weft_lua_t *machine);

/* Writes who still waits, one line each: for "nothing can happen any more". */
void weft_lua_waiters(weft_lua_t *machine,
                      void (*line)(void *ctx, const char *text), void *ctx);

/* The machine's state, to register functions before load. */
struct lua_State *weft_lua_state(weft_lua_t *machine);

/* Embedded: opens all modules in L and sets the globals; the machine lives as
 * long as L, and a second call gives the same one. NULL when memory is short.
 * config may be NULL; without a loop in it the machine has its own. sys.run()
 * returns, with the exit status, when nothing more can happen or the script
 * asked for the end; os.exit stays the host's. */
weft_lua_t *weft_lua_open(struct lua_State *L, const weft_lua_config_t *config);

/* The modules by the names that require looks for: each opens the runtime if
 * it is not yet open in L. */
int luaopen_sys(struct lua_State *L);
int luaopen_sysplus(struct lua_State *L);
int luaopen_rtos(struct lua_State *L);
int luaopen_log(struct lua_State *L);
int luaopen_weft(struct lua_State *L);
int luaopen_service(struct lua_State *L);

#ifdef __cplusplus
}
#endif

#endif
