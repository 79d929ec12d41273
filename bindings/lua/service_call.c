/* service_call.c - service.call: a script asks a service and waits
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "bindings/lua/channel.h"
#include "bindings/lua/core.h"
#include "bindings/lua/memory.h"
#include "bindings/lua/service.h"
#include "weft/allocator.h"
#include "weft/base/atomic.h"

#define BOX "weft.service.call"

/* The stack of service.call. */
enum { NAME = 1, OP = 2, ARGS = 3, LIMIT = 4, SELF = 5 };

/* Room for results that asks for no more memory. */
enum { RESULTS = 48 };

/* Two let go of it: the script, by its box, and the service, once it was
 * sent. The box is kept by the op, too, as that awaits `done`. */
struct call {
    weft_lua_request_t request; /* first */
    weft_event_t done;
    const weft_allocator_t *allocator;
    size_t size;
    uint32_t refs; /* atomic */
    bool waits;    /* it was sent, and the op is not over */
    unsigned char room[];
};

static void let_go(struct call *call)
{
    const weft_allocator_t *allocator = call->allocator;
    weft_lua_values_t *results = &call->request.results;

    if (weft_atomic_fetch_sub_acq_rel_u32(&call->refs, 1) != 1) {
        return;
    }
    if (results->own) {
        (void)allocator->resize(allocator->ctx, results->bytes, results->room,
                                0);
    }
    (void)allocator->resize(allocator->ctx, call, call->size, 0);
}

/* Where the service answers. */
static void answered(weft_future_t *future)
{
    struct call *call = (struct call *)(void *)future;

    weft__lua_token_take(&call->request);
    weft_event_set(&call->done);
    let_go(call);
}

static struct call *call_new(struct weft_lua *m, size_t args)
{
    size_t size = sizeof(struct call) + args + RESULTS;
    struct call *call = weft__lua_raw(m, NULL, 0, size);

    if (call == NULL) {
        return NULL;
    }
    weft_lua_request_init(&call->request, call->room, args);
    weft_future_then(&call->request.request, answered);
    weft_event_init(&call->done, false);
    call->allocator = m->config.allocator != NULL ? m->config.allocator
                                                  : weft_allocator_default();
    call->size = size;
    call->refs = 1;
    call->waits = false;
    return call;
}

/* --- the op --------------------------------------------------------------- */

static struct call *call_of(const struct weft__lua_op *op)
{
    return *(struct call **)op->element;
}

weft_event_t *weft__lua_call_event(const struct weft__lua_op *op)
{
    return &call_of(op)->done;
}

void weft__lua_call_ended(const struct weft__lua_op *op)
{
    struct call *call = call_of(op);

    if (!call->waits) {
        return;
    }
    call->waits = false;
    op->m->core->serving.calls--;
    weft__lua_group_active(op->m);
    if (op->rc < 0) { /* what it has asked for need not begin */
        (void)weft_future_cancel(&call->request.request);
    }
    weft__lua_token_drop(&call->request);
}

/* --- service.call --------------------------------------------------------- */

static void empty(lua_State *L, int index)
{
    struct call **box = lua_touserdata(L, index);

    if (*box != NULL) {
        let_go(*box);
        *box = NULL;
    }
}

/* The op keeps it, so if that is not over the state is being closed. */
static int l_gc(lua_State *L)
{
    struct call *const *box = luaL_checkudata(L, 1, BOX);

    if (*box != NULL && (*box)->waits) {
        weft__lua_ops_stop(weft__lua_machine(L));
    }
    empty(L, 1);
    return 0;
}

void weft__lua_call_open(lua_State *L, struct weft_lua *m)
{
    static const luaL_Reg events[] = {{"__gc", l_gc}, {NULL, NULL}};

    (void)luaL_newmetatable(L, BOX);
    weft__lua_setfuncs(L, m, events);
    lua_pop(L, 1);
}

static int failed(lua_State *L, const char *reason, size_t size)
{
    lua_pushboolean(L, 0);
    lua_pushlstring(L, reason, size);
    return 2;
}

/* It was answered: true and the results, or false and why. */
static int finish(lua_State *L, struct call *call)
{
    weft_lua_request_t *request = &call->request;
    int rc = weft_future_result(&request->request);
    const char *reason;
    size_t size;
    int count;

    if (rc < 0 || request->results.error < 0) {
        reason = weft__lua_request_reason(request, &size);
        count = failed(L, reason, size);
    } else {
        lua_pushboolean(L, 1);
        count = 1 + weft__lua_values_push(L, &request->results);
    }
    empty(L, SELF);
    return count;
}

/* Whoever resumed it: an answer that has come counts. */
static int over(lua_State *L, int status, lua_KContext ctx)
{
    struct weft__lua_wait *wait = (struct weft__lua_wait *)ctx;
    struct weft__lua_op *op = weft__lua_op_look(L, wait);
    int resumed = lua_gettop(L) - SELF;
    const char *reason;
    struct call *call;
    int how;
    int rc;

    (void)status;
    if (op == NULL) {
        lua_settop(L, SELF);
        return lua_yieldk(L, 0, ctx, over);
    }
    call = call_of(op);
    rc = op->rc;
    how = weft__lua_op_unpark(L, op);
    if (rc == WEFT_OK) {
        return finish(L, call);
    }
    empty(L, SELF);
    if (how == WEFT__LUA_TIMED) {
        reason = weft_error_text(WEFT_ERR_TIMEOUT);
        return failed(L, reason, strlen(reason));
    }
    return how == WEFT__LUA_PARKED ? resumed : weft__lua_throw_cancelled(L);
}

/* Nothing is taken yet; the box comes to SELF. */
static struct weft__lua_op *prepare(struct weft_lua *m, lua_State *L)
{
    struct weft__lua_op *op;
    struct call **box;
    size_t size = 0;

    lua_settop(L, LIMIT);
    box = lua_newuserdatauv(L, sizeof(struct call *), 0);
    *box = NULL;
    luaL_setmetatable(L, BOX);
    lua_pushvalue(L, SELF);
    op = weft__lua_op_prepare(m, L, sizeof(struct call *), 0, "service.call");
    if (!weft__lua_value_passes(L, ARGS, &size)) {
        luaL_argerror(L, ARGS, lua_tostring(L, -1));
    }
    *box = call_new(m, size);
    if (*box == NULL ||
        weft__lua_value_put(L, ARGS, &(*box)->request.args) < 0) {
        luaL_error(L, "not enough memory");
    }
    op->kind = WEFT__LUA_OP_CALL;
    *(struct call **)op->element = *box;
    return op;
}

/* From here on the service lets go of it, too. Results may be larger than what
 * is left of its room. */
static void send(struct weft_lua *m, struct call *call, const char *name,
                 const char *op)
{
    weft_lua_services_t *services = m->core->serving.services;
    weft_lua_service_t *entry = weft__lua_service_find(services, name);

    call->refs = 2;
    call->waits = true;
    m->core->serving.calls++;
    call->request.services = services;
    call->request.args.room += RESULTS;
    call->request.args.allocator = call->allocator;
    weft__lua_token_take(&call->request);
    (void)weft__lua_request_post(services, entry, op, &call->request);
    if (entry != NULL) {
        weft__lua_place_leave(services, &entry->place);
    }
}

/* A name with a zero byte in it is nobody's. */
static const char *name_at(lua_State *L, int index)
{
    size_t size = 0;
    const char *name = luaL_checklstring(L, index, &size);

    return strlen(name) == size ? name : "";
}

/* service.call(name, op [, value [, ms]]) */
int weft__lua_l_service_call(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);
    uint64_t deadline_us = WEFT_FOREVER;
    struct weft__lua_scope *scope;
    struct weft__lua_op *op;
    struct weft__lua_wait *wait;

    weft__lua_check_task(m, L, "service.call");
    (void)name_at(L, NAME);
    (void)name_at(L, OP);
    if (!lua_isnoneornil(L, LIMIT)) {
        deadline_us = weft__lua_check_deadline(L, LIMIT);
    }
    op = prepare(m, L);
    scope = weft__lua_scope_find(m, L, L);
    weft__lua_op_begin(op, scope);
    if (!op->live) {
        weft__lua_op_free(op);
        empty(L, SELF);
        return weft__lua_throw_cancelled(L);
    }
    send(m, call_of(op), name_at(L, NAME), name_at(L, OP));
    wait = weft__lua_op_park(op, deadline_us, "service.call");
    lua_settop(L, SELF);
    return lua_yieldk(L, 0, (lua_KContext)wait, over);
}
