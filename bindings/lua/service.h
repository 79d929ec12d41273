/* service.h - internal: services by name, of scripts and for scripts
 * SPDX-License-Identifier: MIT
 *
 * A call of a script is a request with a completion of ours, and an event that
 * its op awaits (ops.h), so that its limit, its scope and the machine's end
 * are those of all waits. The request has memory of its own, which goes when
 * the script and the service have both let go of it.
 *
 * A service of a script is a weft_service_t on the machine's manual executor.
 * Its handler takes the request and queues it; weft__lua_pump runs the
 * operation as a task.
 *
 * The end. Machines of one directory that have services, or wait for an answer
 * of one, end when nothing can happen in any of them. `busy` counts machines
 * that are not idle, and the tokens of requests of scripts: a request has one
 * from its send until a script has begun to handle it, and from its answer
 * until that has been taken. One that C handles has it throughout.
 */
#ifndef WEFT_LUA_SERVICE_INTERNAL_H
#define WEFT_LUA_SERVICE_INTERNAL_H

#include <lua.h>

#include "bindings/lua/ops.h"
#include "weft/event.h"
#include "weft/lua_service.h"

struct weft__lua_script_service;

/* What a machine has of it; `member` stays over reboots. */
struct weft__lua_serving {
    struct weft_lua *m;
    weft_lua_services_t own; /* where the configuration has none */
    weft_lua_services_t *services;
    weft_lua_place_t member;
    bool joined;
    bool active;                            /* counted as busy */
    struct weft__lua_script_service *first; /* its services */
    weft_list_t todo;                       /* requests not begun */
    weft_list_t running;                    /* answers to be given */
    unsigned calls;                         /* that wait */
};

/* --- the directory: services.c -------------------------------------------- */

void weft__lua_place_add(weft_lua_services_t *services, weft_list_t *list,
                         weft_lua_place_t *place);
/* Takes it out when nobody uses it. */
void weft__lua_place_remove(weft_lua_services_t *services,
                            weft_lua_place_t *place);
/* The first, or the one after `place`, whose use ends; in use, or NULL. */
weft_lua_place_t *weft__lua_place_next(weft_lua_services_t *services,
                                       weft_list_t *list,
                                       weft_lua_place_t *place);
void weft__lua_place_leave(weft_lua_services_t *services,
                           weft_lua_place_t *place);

/* The entry of that name, in use, or NULL. */
weft_lua_service_t *weft__lua_service_find(weft_lua_services_t *services,
                                           const char *name);

/* Which operation of the entry; its count: none. */
size_t weft__lua_service_op(const weft_lua_service_t *entry, const char *op);

/* Sends a request whose entry is known. */
int weft__lua_request_post(weft_lua_services_t *services,
                           weft_lua_service_t *entry, const char *op,
                           weft_lua_request_t *call);

/* Why it has failed, which may have any bytes in it: request.c. */
int weft__lua_request_fail(weft_lua_request_t *call, const char *reason,
                           size_t size);
const char *weft__lua_request_reason(const weft_lua_request_t *call,
                                     size_t *size);

/* --- the end: service_group.c --------------------------------------------- */

enum weft__lua_token { WEFT__LUA_NO_TOKEN, WEFT__LUA_TOKEN, WEFT__LUA_DROPPED };

void weft__lua_token_take(weft_lua_request_t *call);
void weft__lua_token_give(weft_lua_request_t *call);
void weft__lua_token_drop(weft_lua_request_t *call);

void weft__lua_group_join(struct weft_lua *m);
void weft__lua_group_leave(struct weft_lua *m);
/* It does something. */
void weft__lua_group_active(struct weft_lua *m);
/* It is idle: whether it ends. */
bool weft__lua_group_ends(struct weft_lua *m);

/* --- values of scripts: lua_values.c -------------------------------------- */

/* Pushes why the value at index cannot pass, in words, and false; or how many
 * bytes it takes. Throws only where memory is short. */
bool weft__lua_value_passes(lua_State *L, int index, size_t *size);

/* Appends it. Never throws. */
int weft__lua_value_put(lua_State *L, int index, weft_lua_values_t *values);

/* Pushes all; how many. Throws. */
int weft__lua_values_push(lua_State *L, const weft_lua_values_t *values);

/* --- calls: service_call.c ------------------------------------------------ */

int weft__lua_l_service_call(lua_State *L);

/* What the task of such an op awaits. */
weft_event_t *weft__lua_call_event(const struct weft__lua_op *op);

/* Such an op is over. */
void weft__lua_call_ended(const struct weft__lua_op *op);
void weft__lua_call_open(lua_State *L, struct weft_lua *m);

/* --- services of scripts: service_define.c, service_serve.c --------------- */

struct weft__lua_script_service {
    weft_service_t service;
    weft_service_type_t type;
    weft_lua_service_t entry;
    weft_request_t life; /* its start, its stop */
    struct weft_lua *m;
    struct weft__lua_script_service *next;
    int functions; /* registry: name -> function */
    size_t size;
};

int weft__lua_l_service_define(lua_State *L);
int weft__lua_serve_handler(weft_service_t *service, weft_request_t *request);

/* Begins what has come; false: nothing has. */
bool weft__lua_serve(struct weft_lua *m);
bool weft__lua_serving_pending(const struct weft_lua *m);

/* A coroutine has died of the error on top of L; LUA_OK: it was closed. */
void weft__lua_serve_ended(struct weft_lua *m, lua_State *L,
                           const lua_State *co, int status);

void weft__lua_serving_open(struct weft_lua *m, lua_State *L);
/* Nobody finds its services any more, and who waits for one is told. */
void weft__lua_serving_stop(struct weft_lua *m);
void weft__lua_serving_settle(struct weft_lua *m);
void weft__lua_serving_close(struct weft_lua *m);
void weft__lua_serve_open(lua_State *L, struct weft_lua *m);

#endif
