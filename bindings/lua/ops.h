/* ops.h - waits of scripts on objects of the core: channels, scopes, selects
 * SPDX-License-Identifier: MIT
 *
 * A script's coroutine is no weft task (core.h), so each of its waits on an
 * object of the core is one: a small stackless task that awaits the object and
 * ends. They live on a manual executor of the machine's, which is worked off
 * in place: when a wait begins, when it is given up, and where the machine
 * looks around. So a wait is in the object's queue when the call that waits
 * has yielded, as the timer of sys.wait is in the wheel. No body runs scripts:
 * what has ended is queued, and weft__lua_pump resumes who waits for it.
 */
#ifndef WEFT_LUA_OPS_H
#define WEFT_LUA_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lua.h>

#include "bindings/lua/pool.h"
#include "weft/base/list.h"
#include "weft/manual.h"
#include "weft/task.h"

struct weft_lua;
struct weft__lua_scope;
struct weft__lua_wait;
struct weft__lua_channel;

#define WEFT__LUA_OP_BITS 27

/* What it awaits. The first two are no tasks: nothing of the core ends them. */
enum weft__lua_op_kind {
    WEFT__LUA_OP_NOTHING, /* the end of its scope, beside another wait */
    WEFT__LUA_OP_JOIN,    /* the tasks of a scope; by no cancel */
    WEFT__LUA_OP_RECV,
    WEFT__LUA_OP_SEND,
    WEFT__LUA_OP_SELECT,
    WEFT__LUA_OP_CALL, /* of a service: its answer */
};

/* One wait on an object.
 *
 *   free -1-> live -2-> over -5-> free     1 weft__lua_op_begin
 *                  -2-> over, queued -3-> resumed -5-> free
 *                  -4-> orphan -2-> over, queued -3-> free
 *
 *   2 its object ended it, or a cancel   3 weft__lua_pump
 *   4 weft__lua_op_detach, while another core is about to end it
 *   5 weft__lua_op_free
 */
struct weft__lua_op {
    weft_task_t task;
    weft_await_t await;
    struct weft_lua *m;
    struct weft__lua_wait *wait; /* who is parked for it; NULL: nobody */
    weft_list_node_t list;       /* over and queued */
    weft_list_node_t in_scope;   /* live: what a cancel of it ends */
    struct weft__lua_channel *channel;
    void *element; /* what is sent, or where it is received */
    size_t room;   /* of element */
    uint64_t small[2];
    uint32_t index; /* its slot keeps what it refers to */
    int rc;
    uint8_t kind;
    uint8_t live;
    uint8_t orphan; /* nobody waits any more, its end will still come */
    uint8_t counted;
};

struct weft__lua_ops {
    weft_manual_t manual;

    struct weft__lua_pool pool;
    weft_list_t ready; /* over, their coroutines to be resumed */
    unsigned live;
    unsigned turns; /* operations of this resume that need not yield */
    uint32_t kicks; /* atomic: that have come */
    uint32_t owed;  /* that have come or will */
    bool open;
    bool stopped; /* nothing begins any more */
    bool rests;   /* whoever posts next kicks */
    bool inside;  /* we post ourselves, and look afterwards */
};

/* For modules that wait. In this order: prepare, begin, and where that leaves
 * it live (or the turn is over) park. */

/* A record that is free, with room for an element; the value on top of L is
 * what it keeps from the collector, and is popped. And a wait's record for L,
 * and as many for listeners. Nothing is taken yet. Throws: `who` waits
 * wrongly, no memory. */
struct weft__lua_op *weft__lua_op_prepare(struct weft_lua *m, lua_State *L,
                                          size_t room, uint32_t listeners,
                                          const char *who);

/* Takes it and has it await. Afterwards it is over, or live. scope: whose
 * cancel ends it; NULL: none. */
void weft__lua_op_begin(struct weft__lua_op *op, struct weft__lua_scope *scope);

/* Its scope was cancelled, or what it is for has happened: it is over, and its
 * coroutine goes on at the machine's next look. */
void weft__lua_op_cancel(struct weft__lua_op *op);
void weft__lua_op_end(struct weft__lua_op *op);

/* The coroutine waits for it: the caller yields with the wait as context. */
struct weft__lua_wait *weft__lua_op_park(struct weft__lua_op *op,
                                         uint64_t deadline_us, const char *who);

/* The same for a wait that parks by itself. */
void weft__lua_op_attach(struct weft__lua_op *op, struct weft__lua_wait *wait);

/* In the continuation: the op, over, or NULL: it is not over although somebody
 * resumed the coroutine by hand; the caller yields again. */
struct weft__lua_op *weft__lua_op_look(lua_State *L,
                                       struct weft__lua_wait *wait);

/* It is over and its result taken. */
void weft__lua_op_free(struct weft__lua_op *op);

/* The same, and of its coroutine's wait: who ended it. */
int weft__lua_op_unpark(lua_State *L, struct weft__lua_op *op);

/* Whether a call that need not wait may go on at once: a script that never
 * waits lets others run every so often. */
static inline bool weft__lua_op_turn(struct weft__lua_ops *ops)
{
    if (ops->turns == 0) {
        return false;
    }
    ops->turns--;
    return true;
}

/* Gives it up for whoever waits. What it may have got is dropped. */
void weft__lua_op_detach(struct weft_lua *m, struct weft__lua_wait *wait);

/* The limit of the wait has passed. Whether it ends by that. */
bool weft__lua_op_limit(struct weft_lua *m, struct weft__lua_wait *wait);

/* Works off what has come for objects of the core. */
void weft__lua_ops_drain(struct weft_lua *m);

/* Resumes those whose waits are over, and begins what services of the machine
 * were asked for; whether there were any. */
bool weft__lua_pump(struct weft_lua *m);
bool weft__lua_ops_pending(struct weft_lua *m);

/* What the op of a wait waits for, for the list of waiters; NULL: nothing. */
const char *weft__lua_op_reason(const struct weft_lua *m, uint32_t op);

/* Opens in a new state (throws); takes all waits out of their objects, for
 * good; frees. */
void weft__lua_ops_open(struct weft_lua *m, lua_State *L);
void weft__lua_ops_stop(struct weft_lua *m);
void weft__lua_ops_close(struct weft_lua *m);

#endif
