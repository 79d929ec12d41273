/* scope.c - weft.scope: tasks that end together; its function, join, results
 * SPDX-License-Identifier: MIT
 *
 * The function runs in the caller's coroutine, in protected mode. Then the
 * caller waits for what it spawned, however it ended. A scope of the core
 * belongs to one waiter from open to join; here that is a coroutine, which is
 * none, so the tree is kept here, and its cancel ends the waits of the core
 * that are in it (ops.h).
 */
#include "bindings/lua/scope.h"

#include "bindings/lua/channel.h"
#include "bindings/lua/core.h"

#define NAME "weft.scope"

/* The slot of a scope: its first error or false, its handle, and each of its
 * coroutines as a key. */
enum { ERROR = 1, HANDLE = 2 };

/* The stack of weft.scope; the function's results come behind. */
enum { FUNCTION = 1, SELF = 2 };

static const char cancelled_key = 0;

int weft__lua_throw_cancelled(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &cancelled_key);
    return lua_error(L);
}

static bool is_cancelled(lua_State *L, int index)
{
    bool same;

    lua_pushvalue(L, index);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &cancelled_key);
    same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return same;
}

/* --- whose a coroutine is ------------------------------------------------ */

static void push_thread(lua_State *L, lua_State *co)
{
    lua_pushthread(co);
    if (co != L) {
        lua_xmove(co, L, 1);
    }
}

struct weft__lua_scope *weft__lua_scope_find(struct weft_lua *m, lua_State *L,
                                             lua_State *co)
{
    struct weft__lua_scope *scope;

    if (m->core->scopes.count == 0 || !lua_checkstack(co, 1)) {
        return NULL;
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, m->core->scopes.of);
    push_thread(L, co);
    lua_rawget(L, -2);
    scope = lua_touserdata(L, -1);
    lua_pop(L, 2);
    return scope;
}

/* Throws if co is new to the table. It is not new any more when it was in
 * none: a false keeps the place. */
static void belongs(struct weft_lua *m, lua_State *L, lua_State *co,
                    struct weft__lua_scope *scope)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, m->core->scopes.of);
    push_thread(L, co);
    if (scope != NULL) {
        lua_pushlightuserdata(L, scope);
    } else {
        lua_pushboolean(L, 0);
    }
    lua_rawset(L, -3);
    lua_pop(L, 1);
}

/* --- its life ------------------------------------------------------------ */

static struct weft_lua *machine_of(const struct weft__lua_scope *scope)
{
    return scope->limit.ctx;
}

/* Its waits end. No script runs meanwhile. */
static void cancel_one(struct weft__lua_scope *scope, uint8_t level)
{
    struct weft_lua *m = machine_of(scope);
    weft_list_node_t *node;

    scope->level = level;
    weft__lua_disarm(m, &scope->limit);
    while ((node = weft_list_pop(&scope->ops)) != NULL) {
        weft__lua_op_cancel(
            WEFT_CONTAINER_OF(node, struct weft__lua_op, in_scope));
    }
}

/* The one after scope in the tree under root: in it, if `within`, or beside it,
 * or beside one around it. Scripts nest as deep as memory holds: by links,
 * without C's stack. */
static struct weft__lua_scope *after(const struct weft__lua_scope *root,
                                     const struct weft__lua_scope *scope,
                                     bool within)
{
    weft_list_node_t *node = within ? weft_list_first(&scope->inner) : NULL;

    while (node == NULL && scope != root) {
        node = weft_list_next(&scope->parent->inner, &scope->in_parent);
        scope = scope->parent;
    }
    return node == NULL
               ? NULL
               : WEFT_CONTAINER_OF(node, struct weft__lua_scope, in_parent);
}

/* All in one that is cancelled are so already. */
static void cancel(struct weft__lua_scope *scope, uint8_t level)
{
    struct weft__lua_scope *each = scope;
    bool fresh;

    if (weft__lua_scope_cancelled(scope)) {
        return;
    }
    do {
        fresh = !weft__lua_scope_cancelled(each);
        if (fresh) {
            cancel_one(each, each == scope ? level : WEFT__LUA_SCOPE_CANCELLED);
        }
        each = after(scope, each, fresh);
    } while (each != NULL);
    weft_event_set(&machine_of(scope)->wake);
}

static void limit_passed(weft_timer_t *timer, void *ctx)
{
    struct weft_lua *m = ctx;

    m->core->armed--;
    if (m->core->ending == WEFT_LUA_RUNNING) {
        cancel(WEFT_CONTAINER_OF(timer, struct weft__lua_scope, limit),
               WEFT__LUA_SCOPE_LATE);
        weft__lua_settle(m);
    }
}

static void init(struct weft_lua *m, void *record, uint32_t index)
{
    struct weft__lua_scope *scope = record;

    weft_timer_init(&scope->limit, m->config.loop, limit_passed, m);
    scope->index = index;
}

/* Nothing of it lives any more. */
static void give_back(struct weft__lua_scope *scope)
{
    struct weft_lua *m = machine_of(scope);
    struct weft__lua_scopes *scopes = &m->core->scopes;

    weft__lua_disarm(m, &scope->limit);
    if (weft_list_linked(&scope->in_parent)) {
        weft_list_remove(&scope->in_parent);
    }
    *scope->handle = NULL;
    weft__lua_pool_clear(&scopes->pool, weft__lua_base(m), scope->index);
    weft__lua_pool_give(&scopes->pool, scope);
    scopes->count--;
}

/* One of its coroutines has ended, or a scope that it had left behind. If that
 * was the last of an orphan, one has left the scope around it, too. */
static void left(struct weft__lua_scope *scope)
{
    while (scope != NULL && --scope->live == 0) {
        struct weft__lua_scope *parent = scope->parent;
        struct weft__lua_op *joiner = scope->joiner;
        if (!scope->orphan) {
            scope->joiner = NULL;
            if (joiner != NULL) {
                weft__lua_op_end(joiner);
            }
            return;
        }
        give_back(scope);
        scope = parent;
    }
}

/* The error on top of L is popped. False: it is not the first. */
static bool failed(lua_State *L, struct weft__lua_scope *scope)
{
    struct weft_lua *m = machine_of(scope);
    bool first;

    if (weft__lua_scope_cancelled(scope) && is_cancelled(L, -1)) {
        lua_pop(L, 1);
        return true;
    }
    first = !scope->failed && !scope->orphan;
    if (first) {
        scope->failed = 1;
        weft__lua_pool_get(&m->core->scopes.pool, L, scope->index);
        lua_pushvalue(L, -2);
        lua_rawseti(L, -2, ERROR);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    cancel(scope, WEFT__LUA_SCOPE_FAILED);
    return first;
}

bool weft__lua_scope_ended(struct weft_lua *m, lua_State *L, lua_State *co,
                           int status)
{
    struct weft__lua_scope *scope = weft__lua_scope_find(m, L, co);
    bool taken = true;

    if (scope == NULL) {
        return false;
    }
    if (status != LUA_OK) {
        lua_pushvalue(L, -1);
        taken = failed(L, scope);
    }
    belongs(m, L, co, NULL);
    weft__lua_pool_get(&m->core->scopes.pool, L, scope->index);
    push_thread(L, co);
    lua_pushnil(L);
    lua_rawset(L, -3);
    lua_pop(L, 1);
    left(scope);
    return taken;
}

/* --- weft.scope ---------------------------------------------------------- */

/* Pushes the handle of a new scope of L's. */
static struct weft__lua_scope *open(struct weft_lua *m, lua_State *L,
                                    struct weft__lua_scope *parent)
{
    struct weft__lua_scopes *scopes = &m->core->scopes;
    struct weft__lua_scope **handle = lua_newuserdatauv(L, sizeof(*handle), 0);
    struct weft__lua_scope *scope;

    *handle = NULL;
    luaL_setmetatable(L, NAME);
    lua_createtable(L, 2, 1);
    lua_pushboolean(L, 0);
    lua_rawseti(L, -2, ERROR);
    lua_pushvalue(L, -2);
    lua_rawseti(L, -2, HANDLE);
    belongs(m, L, L, parent); /* makes its place in the table */
    if (!weft__lua_pool_fill(m, &scopes->pool, 1)) {
        luaL_error(L, "not enough memory");
    }
    scope = weft__lua_pool_peek(&scopes->pool);
    weft__lua_pool_set(&scopes->pool, L, scope->index);
    scopes->count++;
    belongs(m, L, L, scope);
    (void)weft__lua_pool_take(&scopes->pool);
    scope->handle = handle;
    *handle = scope;
    return scope;
}

static void start(struct weft__lua_scope *scope, lua_State *L,
                  struct weft__lua_scope *parent)
{
    weft_list_init(&scope->inner);
    weft_list_init(&scope->ops);
    weft_list_node_init(&scope->in_parent);
    scope->parent = parent;
    scope->opener = L;
    scope->joiner = NULL;
    scope->live = 1;
    scope->results = 0;
    scope->level = WEFT__LUA_SCOPE_ALIVE;
    scope->failed = 0;
    scope->orphan = 0;
    scope->inside = 1;
    scope->body = 0;
    if (parent != NULL) {
        weft_list_push_back(&parent->inner, &scope->in_parent);
    }
}

/* The results of weft.scope. A cancel of its own is no error; one from outside
 * is that of this wait, too. */
static int finish(lua_State *L, struct weft__lua_scope *scope)
{
    const struct weft__lua_scope *parent = scope->parent;
    uint8_t level = scope->level;
    int results = scope->results;
    bool body = scope->body;

    if (scope->failed) {
        weft__lua_pool_get(&machine_of(scope)->core->scopes.pool, L,
                           scope->index);
        lua_rawgeti(L, -1, ERROR);
        give_back(scope);
        return lua_error(L);
    }
    give_back(scope);
    if (parent != NULL && weft__lua_scope_cancelled(parent)) {
        return weft__lua_throw_cancelled(L);
    }
    if (level == WEFT__LUA_SCOPE_LATE) {
        return weft__lua_push_why(L, WEFT_ERR_TIMEOUT);
    }
    if (!body) {
        return weft__lua_push_why(L, WEFT_ERR_CANCELLED);
    }
    return results;
}

/* Cannot be cancelled, and a resume by hand does not end it. */
static int joined(lua_State *L, int status, lua_KContext ctx)
{
    struct weft__lua_wait *wait = (struct weft__lua_wait *)ctx;
    struct weft__lua_scope **handle = lua_touserdata(L, SELF);
    struct weft__lua_op *op = weft__lua_op_look(L, wait);

    (void)status;
    lua_settop(L, SELF + (*handle)->results);
    if (op == NULL) {
        return lua_yieldk(L, 0, ctx, joined);
    }
    (void)weft__lua_op_unpark(L, op);
    return finish(L, *handle);
}

static int join(lua_State *L, struct weft__lua_scope *scope)
{
    struct weft_lua *m = machine_of(scope);
    struct weft__lua_wait *wait;
    struct weft__lua_op *op;

    luaL_checkstack(L, 8, NULL);
    lua_pushvalue(L, SELF);
    op = weft__lua_op_prepare(m, L, 0, 0, "weft.scope");
    op->kind = WEFT__LUA_OP_JOIN;
    weft__lua_op_begin(op, NULL);
    scope->joiner = op;
    wait = weft__lua_op_park(op, WEFT_FOREVER, "weft.scope");
    return lua_yieldk(L, 0, (lua_KContext)wait, joined);
}

static void leave(lua_State *L, struct weft__lua_scope *scope)
{
    belongs(machine_of(scope), L, scope->opener, scope->parent);
    scope->inside = 0;
    scope->live--;
}

/* The function has ended: its results, or the error, are behind SELF. */
static int ran(lua_State *L, int status, lua_KContext ctx)
{
    struct weft__lua_scope *scope = (struct weft__lua_scope *)ctx;
    struct weft_lua *m = machine_of(scope);

    if (m->core->ending != WEFT_LUA_RUNNING) {
        return weft__lua_unwind(L);
    }
    if (status == LUA_OK || status == LUA_YIELD) {
        scope->results = lua_gettop(L) - SELF;
        scope->body = 1;
    } else {
        lua_pushvalue(L, -1);
        if (!failed(L, scope)) {
            weft__lua_failed(m, L, L, status, "the function of a scope");
        }
        lua_settop(L, SELF);
    }
    leave(L, scope);
    return scope->live > 0 ? join(L, scope) : finish(L, scope);
}

/* weft.scope(function [, ms]) */
int weft__lua_l_scope(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);
    uint64_t deadline_us = WEFT_FOREVER;
    struct weft__lua_scope *parent;
    struct weft__lua_scope *scope;

    weft__lua_check_task(m, L, "weft.scope");
    luaL_checktype(L, FUNCTION, LUA_TFUNCTION);
    if (!lua_isnoneornil(L, 2)) {
        deadline_us = weft__lua_check_deadline(L, 2);
    }
    lua_settop(L, FUNCTION);
    parent = weft__lua_scope_find(m, L, L);
    if (parent != NULL && weft__lua_scope_cancelled(parent)) {
        return weft__lua_throw_cancelled(L);
    }
    scope = open(m, L, parent);
    start(scope, L, parent);
    weft__lua_arm(m, &scope->limit, deadline_us);
    lua_toclose(L, SELF);
    lua_pushvalue(L, FUNCTION);
    lua_pushvalue(L, SELF);
    return ran(L, lua_pcallk(L, 1, LUA_MULTRET, 0, (lua_KContext)scope, ran),
               (lua_KContext)scope);
}

/* --- the handle ---------------------------------------------------------- */

static struct weft__lua_scope *check(lua_State *L)
{
    return *(struct weft__lua_scope **)luaL_checkudata(L, 1, NAME);
}

/* The opener goes while it is open: its coroutine was closed, or memory is
 * short. What lives in it is cancelled, and counts for the scope around it. */
static int l_leave(lua_State *L)
{
    struct weft__lua_scope *scope = check(L);

    if (scope == NULL) {
        return 0;
    }
    scope->orphan = 1;
    scope->joiner = NULL;
    if (scope->parent != NULL) {
        scope->parent->live++;
    }
    scope->live++;
    if (scope->inside) {
        leave(L, scope);
    }
    cancel(scope, WEFT__LUA_SCOPE_CANCELLED);
    left(scope); /* what was counted above: it may be the last */
    return 0;
}

/* The coroutine is its: kept, and counted. Throws before. Pushes it. */
static lua_State *adopt(struct weft_lua *m, lua_State *L,
                        struct weft__lua_scope *scope)
{
    lua_State *co = lua_newthread(L);

    weft__lua_pool_get(&m->core->scopes.pool, L, scope->index);
    lua_pushvalue(L, -2);
    lua_pushboolean(L, 1);
    lua_rawset(L, -3);
    lua_pop(L, 1);
    belongs(m, L, co, scope);
    scope->live++;
    return co;
}

/* scope:spawn(function, ...): runs it up to its first wait; its coroutine, or
 * nil and "cancelled". */
static int l_spawn(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);
    struct weft__lua_scope *scope = check(L);
    int nargs = lua_gettop(L) - 2;
    lua_State *co;

    luaL_checktype(L, 2, LUA_TFUNCTION);
    luaL_argcheck(L, scope != NULL, 1, "the scope is over");
    if (weft__lua_scope_cancelled(scope)) {
        return weft__lua_push_why(L, WEFT_ERR_CANCELLED);
    }
    luaL_checkstack(L, 8, NULL);
    co = adopt(m, L, scope);
    lua_insert(L, 2);
    if (!lua_checkstack(co, nargs + 2)) {
        (void)weft__lua_scope_ended(m, L, co, LUA_OK);
        return luaL_error(L, "too many arguments for a task");
    }
    lua_xmove(L, co, nargs + 1);
    if (m->config.trace != NULL) {
        weft__lua_trace_new(m, L, co);
    }
    (void)weft__lua_resume(m, L, co, nargs);
    if (m->core->ending != WEFT_LUA_RUNNING) {
        return weft__lua_unwind(L);
    }
    return 1;
}

static int l_cancel(lua_State *L)
{
    struct weft__lua_scope *scope = check(L);

    if (scope != NULL) {
        cancel(scope, WEFT__LUA_SCOPE_CANCELLED);
    }
    return 0;
}

/* true, too, when it is over. */
static int l_is_cancelled(lua_State *L)
{
    const struct weft__lua_scope *scope = check(L);

    lua_pushboolean(L, scope == NULL || weft__lua_scope_cancelled(scope));
    return 1;
}

static int l_cancelled_text(lua_State *L)
{
    lua_pushliteral(L, "cancelled");
    return 1;
}

static const luaL_Reg methods[] = {
    {"spawn", l_spawn},
    {"cancel", l_cancel},
    {"isCancelled", l_is_cancelled},
    {NULL, NULL},
};

static const luaL_Reg events[] = {
    {"__close", l_leave},
    {NULL, NULL},
};

/* The table weft is on top: gets what cancelled waits raise. */
void weft__lua_open_scope(lua_State *L, struct weft_lua *m)
{
    (void)luaL_newmetatable(L, NAME);
    weft__lua_setfuncs(L, m, events);
    lua_newtable(L);
    weft__lua_setfuncs(L, m, methods);
    lua_setfield(L, -2, "__index");
    lua_pushliteral(L, "scope");
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, l_cancelled_text);
    lua_setfield(L, -2, "__tostring");
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &cancelled_key);
    lua_setfield(L, -2, "cancelled");
}

void weft__lua_scopes_open(struct weft_lua *m, lua_State *L)
{
    struct weft__lua_scopes *scopes = &m->core->scopes;

    scopes->count = 0;
    weft__lua_pool_open(m, &scopes->pool, sizeof(struct weft__lua_scope), L,
                        init);
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    scopes->of = luaL_ref(L, LUA_REGISTRYINDEX);
}

void weft__lua_scopes_stop(struct weft_lua *m)
{
    struct weft__lua_scope *scope;

    for (uint32_t i = 1;
         (scope = weft__lua_pool_at(&m->core->scopes.pool, i)) != NULL; i++) {
        weft__lua_disarm(m, &scope->limit);
    }
}

void weft__lua_scopes_close(struct weft_lua *m)
{
    weft__lua_scopes_stop(m);
    weft__lua_pool_close(m, &m->core->scopes.pool);
    m->core->scopes.count = 0;
}
