/* scope.c - the tree of open scopes: what is in them, how they are cancelled
 * SPDX-License-Identifier: MIT
 *
 * A scope of the core belongs to one waiter from open to join; here that is a
 * coroutine, which is none, so the tree is kept here, and its cancel ends the
 * waits of the core that are in it (ops.h). weft.scope itself: scope_call.c.
 */
#include "bindings/lua/scope_tree.h"

#include "bindings/lua/channel.h"
#include "bindings/lua/core.h"

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

void weft__lua_scope_belongs(struct weft_lua *m, lua_State *L, lua_State *co,
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

struct weft_lua *weft__lua_scope_machine(const struct weft__lua_scope *scope)
{
    return scope->limit.ctx;
}

/* Its waits end. No script runs meanwhile. */
static void cancel_one(struct weft__lua_scope *scope, uint8_t level)
{
    struct weft_lua *m = weft__lua_scope_machine(scope);
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

void weft__lua_scope_cancel(struct weft__lua_scope *scope, uint8_t level)
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
    weft_event_set(&weft__lua_scope_machine(scope)->wake);
}

static void limit_passed(weft_timer_t *timer, void *ctx)
{
    struct weft_lua *m = ctx;

    m->core->armed--;
    if (m->core->ending == WEFT_LUA_RUNNING) {
        weft__lua_scope_cancel(
            WEFT_CONTAINER_OF(timer, struct weft__lua_scope, limit),
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

void weft__lua_scope_give_back(struct weft__lua_scope *scope)
{
    struct weft_lua *m = weft__lua_scope_machine(scope);
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

void weft__lua_scope_left(struct weft__lua_scope *scope)
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
        weft__lua_scope_give_back(scope);
        scope = parent;
    }
}

bool weft__lua_scope_failed(lua_State *L, struct weft__lua_scope *scope)
{
    struct weft_lua *m = weft__lua_scope_machine(scope);
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
        lua_rawseti(L, -2, WEFT__LUA_SCOPE_ERROR);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    weft__lua_scope_cancel(scope, WEFT__LUA_SCOPE_FAILED);
    return first;
}

bool weft__lua_scope_ended(struct weft_lua *m, lua_State *L, lua_State *co,
                           int status)
{
    struct weft__lua_scope *scope = weft__lua_scope_find(m, L, co);
    bool taken = true;

    if (status != LUA_OK) {
        weft__lua_serve_ended(m, L, co, status);
    }
    if (scope == NULL) {
        return false;
    }
    if (status != LUA_OK) {
        lua_pushvalue(L, -1);
        taken = weft__lua_scope_failed(L, scope);
    }
    weft__lua_scope_belongs(m, L, co, NULL);
    weft__lua_pool_get(&m->core->scopes.pool, L, scope->index);
    push_thread(L, co);
    lua_pushnil(L);
    lua_rawset(L, -3);
    lua_pop(L, 1);
    weft__lua_scope_left(scope);
    return taken;
}

struct weft__lua_scope *weft__lua_scope_open(struct weft_lua *m, lua_State *L,
                                             struct weft__lua_scope *parent)
{
    struct weft__lua_scopes *scopes = &m->core->scopes;
    struct weft__lua_scope **handle = lua_newuserdatauv(L, sizeof(*handle), 0);
    struct weft__lua_scope *scope;

    *handle = NULL;
    luaL_setmetatable(L, WEFT__LUA_SCOPE_NAME);
    lua_createtable(L, 2, 1);
    lua_pushboolean(L, 0);
    lua_rawseti(L, -2, WEFT__LUA_SCOPE_ERROR);
    lua_pushvalue(L, -2);
    lua_rawseti(L, -2, WEFT__LUA_SCOPE_HANDLE);
    weft__lua_scope_belongs(m, L, L, parent); /* makes its place in the table */
    if (!weft__lua_pool_fill(m, &scopes->pool, 1)) {
        luaL_error(L, "not enough memory");
    }
    scope = weft__lua_pool_peek(&scopes->pool);
    weft__lua_pool_set(&scopes->pool, L, scope->index);
    scopes->count++;
    weft__lua_scope_belongs(m, L, L, scope);
    (void)weft__lua_pool_take(&scopes->pool);
    scope->handle = handle;
    *handle = scope;
    return scope;
}

void weft__lua_scope_start(struct weft__lua_scope *scope, lua_State *L,
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

void weft__lua_scope_leave(lua_State *L, struct weft__lua_scope *scope)
{
    weft__lua_scope_belongs(weft__lua_scope_machine(scope), L, scope->opener,
                            scope->parent);
    scope->inside = 0;
    scope->live--;
}

/* --- the value that cancelled waits raise -------------------------------- */

static int l_cancelled_text(lua_State *L)
{
    lua_pushliteral(L, "cancelled");
    return 1;
}

void weft__lua_open_cancelled(lua_State *L)
{
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, l_cancelled_text);
    lua_setfield(L, -2, "__tostring");
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &cancelled_key);
}

/* --- of a machine -------------------------------------------------------- */

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
