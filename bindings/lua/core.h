/* core.h - what sys, rtos and the runtime of a machine share
 * SPDX-License-Identifier: MIT
 *
 * Modules of a board need machine.h only.
 *
 * A script's coroutine is no weft task: it may be resumed by hand, be nested
 * in another one and wait there, and the order of deadlines is that of the
 * calls. So a wait is a record with a core timer, whose callback resumes the
 * coroutine at once, and the machine itself is the one weft task, which keeps
 * the loop alive until the machine has ended. A wait on another object of the
 * core has a task beside its record: ops.h. docs/internals/lua.md.
 *
 * "Throws" means: raises a Lua error, so only under a call from a script or
 * in protected mode. Everything else here never does.
 */
#ifndef WEFT_LUA_CORE_H
#define WEFT_LUA_CORE_H

#include <lualib.h>

#include "bindings/lua/hash.h"
#include "bindings/lua/machine.h"
#include "bindings/lua/ops.h"
#include "bindings/lua/pool.h"
#include "bindings/lua/scope.h"
#include "bindings/lua/service.h"
#include "weft/base/list.h"
#include "weft/base/queue.h"

/* How a wait stands.
 *
 *   FREE -1-> PARKED -2-> TIMED -4-> FREE     1 weft__lua_park
 *                    -3-> GIVEN -4-> FREE     2 its timer fired
 *                    -6-> CANCELLED -4-> FREE 3 a message was dispatched, or
 *                    -----5------> FREE         its op is over: weft__lua_pump
 *                                             4 the coroutine went on
 *                                             5 somebody resumed it by hand,
 *                                               or it is dead
 *                                             6 its scope was cancelled
 */
enum weft__lua_wait_state {
    WEFT__LUA_FREE = 0,
    WEFT__LUA_PARKED,
    WEFT__LUA_TIMED,
    WEFT__LUA_GIVEN,
    WEFT__LUA_CANCELLED,
};

struct weft__lua_sub;

/* What a waiting coroutine costs beside Lua's own memory: this, and a slot of
 * the table that keeps it from the garbage collector. */
struct weft__lua_wait {
    weft_timer_t timer; /* ctx: the machine */
    lua_State *co;
    struct weft__lua_sub *subs; /* topics that end it; each links the next */
    uint32_t index;             /* its slot in the pool's table */
    uint32_t order;             /* when it began, see weft__lua_core.order */
    uint32_t state : 3;
    uint32_t anchored : 1; /* the slot holds co; may stay so while FREE */
    uint32_t forever : 1;  /* no deadline */
    uint32_t op : WEFT__LUA_OP_BITS; /* what else may end it; 0: nothing */
};
WEFT_SIZE_ASSERT(struct weft__lua_wait, 104, 128);

enum weft__lua_sub_kind { WEFT__LUA_SUB_WAIT, WEFT__LUA_SUB_CALLBACK };

/* One that listens to one topic. */
struct weft__lua_sub {
    weft_list_node_t list; /* in the topic, by order */
    struct weft__lua_topic *topic;
    struct weft__lua_wait *wait; /* NULL: a callback */
    struct weft__lua_sub *next;  /* of the same wait */
    uint64_t order;
};
WEFT_SIZE_ASSERT(struct weft__lua_sub, 32, 48);

struct weft__lua_topic {
    weft_list_t subs;
    struct weft__lua_topic *next; /* of all */
    bool stale;                   /* not asked for since the last sweep */
};

/* A subscribed function or thread. */
struct weft__lua_callback {
    struct weft__lua_sub sub;
    struct weft__lua_link link; /* by topic and function */
    const void *function;
    uint32_t index;
    bool used;
    bool dead; /* unsubscribed while its topic is being dispatched */
};

/* sys.timerStart and its kin. */
struct weft__lua_timer {
    weft_timer_t timer;
    struct weft__lua_link by_id;
    struct weft__lua_link by_call; /* function and arguments */
    const void *function;
    uint32_t index; /* slot: the function, or {function, arguments...} */
    int32_t id;
    int32_t repeat; /* times more; -1: for ever */
    int nargs;
    bool used;
};

/* rtos.timer_start: becomes a message for rtos.receive. */
struct weft__lua_rtos_timer {
    weft_timer_t timer;
    struct weft__lua_link by_id;
    lua_Integer id;
    int32_t repeat; /* what the next message says */
    int32_t left;   /* times it will fire after the next; -1: for ever */
    uint32_t index;
    bool used;
    struct weft__lua_rtos_timer *next_fired;
    uint32_t fired; /* times not yet received */
};

/* What the main chunk does. */
enum weft__lua_main {
    WEFT__LUA_MAIN_NONE = 0, /* embedded: it is the host's */
    WEFT__LUA_MAIN_RUNS,
    WEFT__LUA_MAIN_RECEIVES, /* in rtos.receive */
    WEFT__LUA_MAIN_STEPS,    /* in sys.safeRun */
    WEFT__LUA_MAIN_DONE,     /* in sys.run for ever, or over */
};

struct weft__lua_c_listener {
    weft_lua_subscriber_fn *fn;
    void *ctx;
    char *topic;
    struct weft__lua_c_listener *next;
};

struct weft__lua_core {
    bool embedded; /* the state belongs to the host */
    bool booted;
    bool running;   /* embedded: inside sys.run */
    bool closing;   /* the state is about to go */
    uint8_t ending; /* atomic: enum weft_lua_end: it is on its way out */
    uint8_t ended;  /* the same, when done */
    bool reboot;    /* ending, to start again */
    bool boots;     /* will start again when `boot` has fired */
    weft_timer_t boot;
    int exit_status;
    uint8_t stop;      /* atomic: weft_lua_stop, weft_lua_reboot: enum
                          weft_lua_end */
    uintptr_t inbox;   /* atomic: stack of entries from anywhere */
    weft_queue_t todo; /* taken out of inbox, in order */

    lua_State *base; /* calls into scripts start here */
    lua_State *main; /* driven: the main chunk's coroutine */
    uint8_t main_state;
    lua_State *volatile current; /* who runs; read by a signal handler */
    uint32_t beat;  /* atomic: changes with each entry into Lua; odd inside */
    uint32_t depth; /* of entries */

    /* Memory, memory.c */
    size_t used;
    size_t peak;
    unsigned grace; /* over the limit is allowed: a report is being made */

    /* Waits, wait.c */
    struct weft__lua_pool waits;
    struct weft__lua_pool subs;
    unsigned waiting;
    unsigned armed;        /* timers that will bring something */
    lua_State *parked;     /* the last that parked, after the last resume */
    lua_Integer raw_count; /* tasks that ever yielded without a wait */
    uint64_t order;
    struct weft__lua_ops ops;
    struct weft__lua_scopes scopes;
    struct weft__lua_serving serving;

    /* Messages, messages.c: a ring of Lua values in a table, each message
     * its count and then its values, the topic first */
    int ring; /* registry */
    uint32_t ring_head;
    uint32_t ring_used;
    uint32_t ring_size;
    uint32_t messages;  /* written atomically: a post looks at the bound */
    uint32_t posted;    /* atomic: on their way here */
    uint32_t published; /* of all lives: numbers messages in a trace */
    bool unbounded;     /* what comes from a post was counted there */
    bool draining;
    weft_timer_t turn; /* goes on after what is due */
    int topics;        /* registry: id -> struct weft__lua_topic */
    struct weft__lua_topic *all_topics;
    unsigned topic_count;
    unsigned topic_sweep; /* look for empty ones at so many */
    struct weft__lua_topic *dispatched;
    weft_list_node_t *cursor; /* the next subscriber of that dispatch */
    bool dispatched_dead;
    struct weft__lua_pool callbacks;
    struct weft__lua_hash callback_hash;
    struct weft__lua_c_listener *listeners;

    /* Timers of scripts, timers.c */
    struct weft__lua_pool timers;
    struct weft__lua_hash timers_by_id;
    struct weft__lua_hash timers_by_call;
    unsigned timer_count;
    int32_t timer_id;

    /* rtos.c */
    struct weft__lua_pool rtos_timers;
    struct weft__lua_hash rtos_by_id;
    struct weft__lua_rtos_timer *fired_first;
    struct weft__lua_rtos_timer *fired_last;
    weft_timer_t receive; /* the limit of rtos.receive */
    bool receive_late;
    bool once; /* embedded: run_here returns when something came */
    bool came;
    int paths; /* registry: patterns of rtos.setPaths, or 0 */

    int mailboxes; /* registry: name -> box */

    /* Failures, failure.c */
    unsigned errors;
    unsigned reboots;
    weft_timer_t rollback;

    /* Steps, step.c */
    uint64_t steps;
    uint64_t instant_us;
    uint64_t instant_steps;
    unsigned storm; /* milliseconds that it has moved the clock by */
    bool instant_told;

    struct weft__lua_stuck *stuck; /* stuck.c of the platform */
    uint8_t watcher_sleeps;        /* atomic: until the next entry */
    void (*begun)(void *ctx);      /* firmware's, wakes its watcher */
    void *begun_ctx;

    /* The program, load.c */
    char *path;
    const char *text; /* text_copy, or the caller's */
    char *text_copy;
    size_t text_size;
    char *error;

    /* Trace, names.c */
    int task_ids;
    uint32_t task_id_last;
    const char *park_name; /* what the last that parked waits for */
    struct weft__lua_hash names;

    weft_loop_t *own_loop; /* embedded, when the host gave none */
};

/* --- running scripts: task.c --------------------------------------------- */

/* Entering and leaving Lua: who runs now, for the stuck detection. */
void weft__lua_stuck_wake(struct weft__lua_stuck *stuck);

static inline lua_State *weft__lua_enter(struct weft__lua_core *core,
                                         lua_State *co)
{
    lua_State *outer = core->current;

    core->current = co;
    if (core->depth++ == 0) {
        __atomic_store_n(&core->beat, core->beat + 1, __ATOMIC_RELEASE);
        if (__atomic_load_n(&core->watcher_sleeps, __ATOMIC_RELAXED) != 0) {
            weft__lua_stuck_wake(core->stuck);
        }
    }
    return outer;
}

static inline void weft__lua_leave(struct weft__lua_core *core,
                                   lua_State *outer)
{
    if (--core->depth == 0) {
        __atomic_store_n(&core->beat, core->beat + 1, __ATOMIC_RELEASE);
    }
    core->current = outer;
}

/* Resumes a suspended or new coroutine with the nargs values on its top, from
 * L; an error is reported. Whether it did not fail. */
bool weft__lua_resume(struct weft_lua *m, lua_State *L, lua_State *co,
                      int nargs);

/* sys.taskInit: function and nargs arguments are on top of L, a thread comes
 * in their place. Throws. */
void weft__lua_spawn(struct weft_lua *m, lua_State *L, int nargs);

/* "main.lua:12" of the function a coroutine was made of. */
void weft__lua_task_name(lua_State *co, char *name, size_t size);

/* After a timer or something from elsewhere: dispatches messages, ends a step
 * that sys.safeRun waits for, looks for the end. weft__lua_look does the same
 * where nothing has happened by itself. */
void weft__lua_settle(struct weft_lua *m);
void weft__lua_look(struct weft_lua *m);

/* --- waiting: wait.c ----------------------------------------------------- */

/* Parks the calling coroutine until a deadline (WEFT_FOREVER: none). The
 * caller yields then with the wait as context. Throws: `who` in the text. */
struct weft__lua_wait *weft__lua_park(struct weft_lua *m, lua_State *L,
                                      uint64_t deadline_us, const char *who);

/* The same, until a message of the topic at `index`, or of any topic in the
 * table there. Throws. */
struct weft__lua_wait *weft__lua_park_until(struct weft_lua *m, lua_State *L,
                                            int index, uint64_t deadline_us,
                                            const char *who);

/* In the continuation, first of all: the wait is over, whoever ended it. The
 * end of its scope it throws. */
enum weft__lua_wait_state weft__lua_unpark(lua_State *L,
                                           struct weft__lua_wait *wait);

/* Ends a wait by a message: the nargs values on top of the coroutine are what
 * it gets. */
void weft__lua_give(struct weft_lua *m, struct weft__lua_wait *wait, int nargs);

/* Ends a wait whose op is over. */
void weft__lua_wake(struct weft_lua *m, struct weft__lua_wait *wait,
                    enum weft__lua_wait_state how);

/* Room for a wait of L's, so that weft__lua_park_op of that op cannot fail.
 * Throws. */
void weft__lua_wait_reserve(struct weft_lua *m, lua_State *L,
                            uint32_t listeners, const char *who);
struct weft__lua_wait *weft__lua_park_op(struct weft_lua *m,
                                         uint64_t deadline_us, const char *who);

/* Frees the wait of a coroutine that will not go on. */
void weft__lua_abandon(struct weft_lua *m, lua_State *L,
                       struct weft__lua_wait *wait);

/* The wait of a coroutine, or NULL. Looks at all. */
struct weft__lua_wait *weft__lua_wait_of(struct weft_lua *m, lua_State *co);

/* The task on top of L yielded by itself: it waits for somebody's resume. Kept
 * weakly, to be named at the end. Never throws. waiters.c. */
void weft__lua_yielded(struct weft_lua *m, lua_State *L);

/* Stops the timers of all waits. */
void weft__lua_waits_stop(struct weft_lua *m);

/* Milliseconds in argument `index` as a deadline. Throws: who waits wrongly. */
uint64_t weft__lua_check_deadline(lua_State *L, int index);

/* Whether the value is a whole number of milliseconds from 0 on. */
bool weft__lua_to_ms(lua_State *L, int index, uint64_t *ms);

/* Throws if L cannot wait here. */
void weft__lua_check_task(struct weft_lua *m, lua_State *L, const char *who);

/* --- messages: topics.c, messages.c, post.c ------------------------------ */

/* The topic of the value at index, made if need be. NULL: not there and not
 * to be made. Throws if it makes one. */
struct weft__lua_topic *weft__lua_topic(struct weft_lua *m, lua_State *L,
                                        int index, bool make);
/* Frees topics that nobody listens to, when they are many. */
void weft__lua_topics_tidy(struct weft_lua *m, lua_State *L);
void weft__lua_topics_free(struct weft_lua *m);
void weft__lua_sub_link(struct weft__lua_core *core, struct weft__lua_sub *sub,
                        struct weft__lua_topic *topic);
void weft__lua_sub_unlink(struct weft__lua_core *core,
                          struct weft__lua_sub *sub);

/* Makes the queue of messages. Throws. */
void weft__lua_messages_open(struct weft_lua *m, lua_State *L);
void weft__lua_drain(struct weft_lua *m);

/* subscribe.c. Throw. */
void weft__lua_subscribe(struct weft_lua *m, lua_State *L, int topic,
                         int function);
void weft__lua_callback_deliver(struct weft_lua *m, struct weft__lua_sub *sub,
                                int first, int count, uint64_t limit);
void weft__lua_callbacks_sweep(struct weft_lua *m);

/* Subscribes the host's listeners again after a reboot. Throws. */
void weft__lua_listeners_open(struct weft_lua *m, lua_State *L);
void weft__lua_listeners_free(struct weft_lua *m);

/* Runs what came from elsewhere. */
void weft__lua_inbox_run(struct weft_lua *m);
bool weft__lua_inbox_empty(struct weft_lua *m);

/* --- timers -------------------------------------------------------------- */

void weft__lua_timers_stop(struct weft_lua *m);
void weft__lua_rtos_stop(struct weft_lua *m);

/* A timer of the machine's that fired, or was started or stopped. One whose
 * time is WEFT_FOREVER, past the end of the clock, never fires, and does not
 * keep the machine from ending. */
void weft__lua_arm(struct weft_lua *m, weft_timer_t *timer,
                   uint64_t deadline_us);
void weft__lua_arm_every(struct weft_lua *m, weft_timer_t *timer,
                         uint64_t period_us);
/* In the callback of one that goes on: unless the clock ends before. */
void weft__lua_retire(struct weft_lua *m, weft_timer_t *timer);
void weft__lua_disarm(struct weft_lua *m, weft_timer_t *timer);

/* --- the main chunk and the end: run.c, machine.c, state.c --------------- */

/* Parks the main chunk; its continuation is called when `what` is over.
 * Throws if L is not the main chunk. */
int weft__lua_park_main(struct weft_lua *m, lua_State *L,
                        enum weft__lua_main what, lua_KFunction next);

/* Whether co is the main program, which no script may resume or close. */
static inline bool weft__lua_is_main(const struct weft_lua *m,
                                     const lua_State *co)
{
    return co != NULL && (co == m->L || co == m->core->main);
}

/* Something happened that rtos.receive or safeRun waits for. */
void weft__lua_main_go(struct weft_lua *m);

/* Asks the machine to end; first come, first served. */
void weft__lua_end(struct weft_lua *m, enum weft_lua_end how, int status);
void weft__lua_reboot(struct weft_lua *m);

/* Does what weft_lua_stop and weft_lua_reboot asked for. */
void weft__lua_obey(struct weft_lua *m);

/* Leaves the script that runs in L because the machine ends: throws what no
 * script can hold up. */
int weft__lua_unwind(lua_State *L);
bool weft__lua_is_unwind(lua_State *L, int index);
void weft__lua_unwound(lua_State *L);

/* Looks whether anything can still happen. */
void weft__lua_consider_end(struct weft_lua *m);

/* Opens and closes what belongs to one life of a machine. */
bool weft__lua_state_open(struct weft_lua *m);
void weft__lua_state_close(struct weft_lua *m);
bool weft__lua_state_fill(struct weft_lua *m, lua_State *L);
void weft__lua_machine_free(struct weft_lua *m);
void weft__lua_load_free(struct weft_lua *m);
/* The program's text into a new main chunk; an error as in lua.h. */
int weft__lua_compile(struct weft_lua *m);
/* Embedded: runs the loop until the machine ended, or got something. */
int weft__lua_run_here(struct weft_lua *m, lua_State *L, bool once);

/* modules.c: opens them all in the state. Throws. */
void weft__lua_modules_open(struct weft_lua *m, lua_State *L);
void weft__lua_modules_close(struct weft_lua *m);
void weft__lua_modules_free(struct weft_lua *m);
void weft__lua_open_coroutine(struct weft_lua *m, lua_State *L);
void weft__lua_open_require(struct weft_lua *m, lua_State *L);
void weft__lua_open_mailbox(struct weft_lua *m, lua_State *L);
void weft__lua_open_timers(struct weft_lua *m, lua_State *L);
void weft__lua_open_callbacks(struct weft_lua *m, lua_State *L);
void weft__lua_open_rtos_timers(struct weft_lua *m, lua_State *L);
void weft__lua_open_waits(struct weft_lua *m, lua_State *L);
void weft__lua_open_cw(struct weft_lua *m, lua_State *L);

/* --- failures, steps, stuck ---------------------------------------------- */

/* Reports the error on top of co and does what the policy says. */
void weft__lua_failed(struct weft_lua *m, lua_State *L, lua_State *co,
                      int status, const char *what);
/* A message handler for lua_pcall: text and traceback of any error. */
int weft__lua_traceback(lua_State *L);

/* Counts a resume or callback; ends storms in virtual time. */
void weft__lua_instant(struct weft_lua *m);
static inline void weft__lua_step(struct weft_lua *m)
{
    m->core->steps++;
    if (WEFT_POINTS && (m->core->steps & 1023) == 0) {
        weft__lua_instant(m);
    }
}

void weft__lua_stuck_start(struct weft_lua *m);
void weft__lua_stuck_stop(struct weft_lua *m);
/* A count hook: says where it hangs; an error, if that is wished for. */
void weft__lua_stuck_hook(lua_State *L, lua_Debug *at);
unsigned weft__lua_stuck_ms(const struct weft_lua *m);

/* --- trace: names.c ------------------------------------------------------ */

/* Records something about a task; nothing without a trace. New tasks get a
 * number on their first call, which throws. */
void weft__lua_trace_new(struct weft_lua *m, lua_State *L, lua_State *co);
void weft__lua_trace_task(struct weft_lua *m, enum weft_trace_kind kind,
                          lua_State *co, const char *name, int value);
static inline void weft__lua_trace(struct weft_lua *m,
                                   enum weft_trace_kind kind, uint32_t id,
                                   const char *name, int value)
{
    if (m->config.trace != NULL) {
        weft_trace_record(m->config.trace, kind, id, name, value);
    }
}
/* A name that lasts as long as the machine; NULL when memory is short. */
const char *weft__lua_name(struct weft_lua *m, const char *text);
/* The same of the value at index. */
const char *weft__lua_value_name(struct weft_lua *m, lua_State *L, int index);
void weft__lua_names_open(struct weft_lua *m, lua_State *L);
void weft__lua_names_free(struct weft_lua *m);

#endif
