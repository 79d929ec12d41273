/* channel.c - weft.channel: send, receive, close, the same without waiting
 * SPDX-License-Identifier: MIT
 *
 * What need not wait is done by the try forms, at once. Else an op waits, with
 * the element in its own memory: the stack of a coroutine may go while another
 * core is about to copy.
 */
#include "bindings/lua/channel.h"

#include <string.h>

#include "bindings/lua/core.h"

#define NAME "weft.channel"

/* The stack of send and recv: the channel, arguments, room for an element that
 * is too large for C's stack. */
enum { SELF = 1, VALUE = 2, ROOM = 4 };

struct weft__lua_channel *weft__lua_check_channel(lua_State *L, int index)
{
    struct weft__lua_channel *channel = luaL_checkudata(L, index, NAME);

    luaL_argcheck(L, channel->channel != NULL, index,
                  "the channel has been collected");
    return channel;
}

/* --- elements ------------------------------------------------------------ */

void weft__lua_encode(lua_State *L, int self, int index, void *element)
{
    const struct weft__lua_channel *channel = lua_touserdata(L, self);

    luaL_argcheck(L, !lua_isnoneornil(L, index), index, "value expected");
    if (channel->codec == NULL) {
        (void)lua_getiuservalue(L, self, 1);
        lua_pushvalue(L, index);
        *(int *)element = luaL_ref(L, -2);
        lua_pop(L, 1);
        return;
    }
    if (channel->codec->from_lua == NULL) {
        luaL_error(L, "scripts cannot send on this channel");
    }
    channel->codec->from_lua(L, index, element);
}

static void forget(lua_State *L, int self, int ref)
{
    (void)lua_getiuservalue(L, self, 1);
    luaL_unref(L, -1, ref);
    lua_pop(L, 1);
}

void weft__lua_decode(lua_State *L, int self, const void *element)
{
    const struct weft__lua_channel *channel = lua_touserdata(L, self);
    int ref;

    if (channel->codec != NULL) {
        channel->codec->to_lua(L, element);
        return;
    }
    ref = *(const int *)element;
    (void)lua_getiuservalue(L, self, 1);
    lua_rawgeti(L, -1, ref);
    luaL_unref(L, -2, ref);
    lua_remove(L, -2);
}

void weft__lua_unsent(lua_State *L, int self, const void *element)
{
    const struct weft__lua_channel *channel = lua_touserdata(L, self);

    if (channel->codec == NULL) {
        forget(L, self, *(const int *)element);
    }
}

void weft__lua_channel_drop(const struct weft__lua_op *op, lua_State *L)
{
    bool ours = op->kind == WEFT__LUA_OP_RECV ? op->rc == 0 : op->rc != 0;

    if (ours && op->channel->codec == NULL) {
        weft__lua_pool_get(&op->m->core->ops.pool, L, op->index);
        forget(L, lua_gettop(L), *(const int *)op->element);
        lua_pop(L, 1);
    }
}

int weft__lua_push_why(lua_State *L, int rc)
{
    static const struct {
        int rc;
        const char *why;
    } words[] = {
        {WEFT_ERR_CLOSED, "closed"},       {WEFT_ERR_TIMEOUT, "timeout"},
        {WEFT_ERR_FULL, "full"},           {WEFT_ERR_EMPTY, "empty"},
        {WEFT_ERR_CANCELLED, "cancelled"},
    };
    const char *why = weft_error_text(rc);

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        why = words[i].rc == rc ? words[i].why : why;
    }
    lua_pushnil(L);
    lua_pushstring(L, why);
    return 2;
}

/* --- send and receive ---------------------------------------------------- */

/* A call on its way: where its element is while it runs. */
struct call {
    lua_State *L;
    struct weft_lua *m;
    struct weft__lua_channel *channel;
    struct weft__lua_scope *scope;
    enum weft__lua_op_kind kind;
    void *element;
    const char *who;
    weft__lua_element_t small;
};

/* A large element comes to the stack at ROOM, else a nil. */
static void call_init(struct call *call, lua_State *L,
                      enum weft__lua_op_kind kind, const char *who)
{
    size_t size;

    call->L = L;
    call->m = weft__lua_machine(L);
    call->channel = weft__lua_check_channel(L, SELF);
    call->kind = kind;
    call->who = who;
    call->element = &call->small;
    if (kind == WEFT__LUA_OP_RECV && call->channel->codec != NULL &&
        call->channel->codec->to_lua == NULL) {
        luaL_error(L, "scripts cannot receive from this channel");
    }
    size = weft__lua_element_size(call->channel);
    lua_settop(L, ROOM - 1);
    if (size > sizeof(call->small)) {
        call->element = lua_newuserdatauv(L, size, 0);
    } else {
        lua_pushnil(L);
    }
}

/* Its results. */
static int finish(struct call *call, int rc)
{
    if (rc != WEFT_OK) {
        if (call->kind == WEFT__LUA_OP_SEND) {
            weft__lua_unsent(call->L, SELF, call->element);
        }
        return weft__lua_push_why(call->L, rc);
    }
    if (call->kind == WEFT__LUA_OP_SEND) {
        lua_pushboolean(call->L, 1);
    } else {
        weft__lua_decode(call->L, SELF, call->element);
    }
    return 1;
}

static int attempt(const struct call *call)
{
    weft_channel_t *channel = call->channel->channel;

    return call->kind == WEFT__LUA_OP_SEND
               ? weft_channel_try_send(channel, call->element)
               : weft_channel_try_recv(channel, call->element);
}

/* Its element is the call's again. */
static void take_back(struct call *call, const struct weft__lua_op *op)
{
    memcpy(call->element, op->element, weft__lua_element_size(call->channel));
}

static int cancelled(struct call *call)
{
    (void)finish(call, WEFT_ERR_CANCELLED);
    return weft__lua_throw_cancelled(call->L);
}

/* Whoever resumed it: what has happened counts. If nothing has, a resume by
 * hand gives its values. */
static int over(lua_State *L, int status, lua_KContext ctx)
{
    struct weft__lua_wait *wait = (struct weft__lua_wait *)ctx;
    struct weft__lua_op *op = weft__lua_op_look(L, wait);
    int resumed = lua_gettop(L) - ROOM;
    struct call call = {.L = L, .channel = lua_touserdata(L, SELF)};
    int how;
    int rc;

    (void)status;
    if (op == NULL) {
        lua_settop(L, ROOM);
        return lua_yieldk(L, 0, ctx, over);
    }
    call.kind = (enum weft__lua_op_kind)op->kind;
    call.element =
        lua_isnil(L, ROOM) ? (void *)&call.small : lua_touserdata(L, ROOM);
    take_back(&call, op);
    rc = op->rc;
    how = weft__lua_op_unpark(L, op);
    if (rc != WEFT_ERR_CANCELLED || how == WEFT__LUA_TIMED) {
        return finish(&call, how == WEFT__LUA_TIMED ? WEFT_ERR_TIMEOUT : rc);
    }
    if (how != WEFT__LUA_PARKED) {
        return cancelled(&call);
    }
    (void)finish(&call, rc);
    lua_settop(L, ROOM + resumed);
    return resumed;
}

/* The value in the channel's table, or not: the op is made ready without, as
 * whatever throws then would leave it there. Runs no finalizers. */
static void hold(struct call *call, bool on)
{
    if (call->kind != WEFT__LUA_OP_SEND || call->channel->codec != NULL) {
        return;
    }
    if (on) {
        weft__lua_encode(call->L, SELF, VALUE, call->element);
    } else {
        weft__lua_unsent(call->L, SELF, call->element);
    }
}

static int wait_for(struct call *call, uint64_t deadline_us)
{
    lua_State *L = call->L;
    size_t size = weft__lua_element_size(call->channel);
    struct weft__lua_wait *wait;
    struct weft__lua_op *op;

    hold(call, false);
    lua_pushvalue(L, SELF);
    op = weft__lua_op_prepare(call->m, L, size, 0, call->who);
    hold(call, true);
    op->kind = (uint8_t)call->kind;
    op->channel = call->channel;
    memcpy(op->element, call->element, size);
    weft__lua_op_begin(op, call->scope);
    if (!op->live && weft__lua_op_turn(&call->m->core->ops)) {
        int rc = op->rc;
        take_back(call, op);
        weft__lua_op_free(op);
        return rc == WEFT_ERR_CANCELLED ? cancelled(call) : finish(call, rc);
    }
    wait = weft__lua_op_park(op, deadline_us, call->who);
    lua_settop(L, ROOM);
    return lua_yieldk(L, 0, (lua_KContext)wait, over);
}

static int run(struct call *call, uint64_t deadline_us)
{
    call->scope = weft__lua_scope_find(call->m, call->L, call->L);
    if ((call->scope == NULL || !weft__lua_scope_cancelled(call->scope)) &&
        weft__lua_op_turn(&call->m->core->ops)) {
        int rc = attempt(call);
        if (rc != WEFT_ERR_FULL && rc != WEFT_ERR_EMPTY) {
            return finish(call, rc);
        }
    }
    return wait_for(call, deadline_us);
}

/* The limit in argument `index`, if there is one. */
static uint64_t limit_of(lua_State *L, int index)
{
    return lua_isnoneornil(L, index) ? WEFT_FOREVER
                                     : weft__lua_check_deadline(L, index);
}

/* channel:send(value [, ms]) */
static int l_send(lua_State *L)
{
    struct call call;
    uint64_t deadline_us;

    (void)weft__lua_check_channel(L, SELF);
    weft__lua_check_task(weft__lua_machine(L), L, "channel:send");
    deadline_us = limit_of(L, 3);
    call_init(&call, L, WEFT__LUA_OP_SEND, "channel:send");
    weft__lua_encode(L, SELF, VALUE, call.element);
    return run(&call, deadline_us);
}

static int recv(lua_State *L, uint64_t deadline_us)
{
    struct call call;

    weft__lua_check_task(weft__lua_machine(L), L, "channel:recv");
    call_init(&call, L, WEFT__LUA_OP_RECV, "channel:recv");
    return run(&call, deadline_us);
}

/* channel:recv([ms]) */
static int l_recv(lua_State *L)
{
    (void)weft__lua_check_channel(L, SELF);
    return recv(L, limit_of(L, 2));
}

/* for value in channel do: until it is closed. */
static int l_next(lua_State *L)
{
    return recv(L, WEFT_FOREVER);
}

static int l_try_send(lua_State *L)
{
    struct call call;

    call_init(&call, L, WEFT__LUA_OP_SEND, "channel:trySend");
    weft__lua_encode(L, SELF, VALUE, call.element);
    return finish(&call, attempt(&call));
}

static int l_try_recv(lua_State *L)
{
    struct call call;

    call_init(&call, L, WEFT__LUA_OP_RECV, "channel:tryRecv");
    return finish(&call, attempt(&call));
}

/* --- the rest ------------------------------------------------------------ */

/* true, or nil and "closed": it was closed before. */
static int l_close(lua_State *L)
{
    int rc = weft_channel_close(weft__lua_check_channel(L, SELF)->channel);

    if (rc != WEFT_OK) {
        return weft__lua_push_why(L, rc);
    }
    lua_pushboolean(L, 1);
    return 1;
}

/* local channel <close> = ... */
static int l_leave(lua_State *L)
{
    (void)weft_channel_close(weft__lua_check_channel(L, SELF)->channel);
    return 0;
}

static int l_is_closed(lua_State *L)
{
    lua_pushboolean(
        L, weft_channel_is_closed(weft__lua_check_channel(L, SELF)->channel));
    return 1;
}

/* #channel: values that lie in it. */
static int l_len(lua_State *L)
{
    size_t count =
        weft_channel_count(weft__lua_check_channel(L, SELF)->channel);

    lua_pushinteger(L, (lua_Integer)count);
    return 1;
}

/* One of C's may have been pushed twice. */
static int l_eq(lua_State *L)
{
    const struct weft__lua_channel *a = luaL_testudata(L, 1, NAME);
    const struct weft__lua_channel *b = luaL_testudata(L, 2, NAME);

    lua_pushboolean(L, a != NULL && b != NULL && a->channel == b->channel);
    return 1;
}

/* Those who wait for it keep it: there are none, unless the state is being
 * closed. */
static int l_gc(lua_State *L)
{
    struct weft__lua_channel *channel = luaL_checkudata(L, SELF, NAME);

    if (channel->codec == NULL && channel->channel != NULL) {
        if (channel->waiting > 0) {
            weft__lua_ops_stop(weft__lua_machine(L));
        }
        weft_channel_deinit(&channel->own);
    }
    channel->channel = NULL;
    return 0;
}

static const luaL_Reg methods[] = {
    {"send", l_send},
    {"recv", l_recv},
    {"trySend", l_try_send},
    {"tryRecv", l_try_recv},
    {"close", l_close},
    {"isClosed", l_is_closed},
    {NULL, NULL},
};

static const luaL_Reg events[] = {
    {"__call", l_next}, {"__len", l_len},     {"__eq", l_eq},
    {"__gc", l_gc},     {"__close", l_leave}, {NULL, NULL},
};

void weft__lua_open_channel(lua_State *L, struct weft_lua *m)
{
    (void)luaL_newmetatable(L, NAME);
    weft__lua_setfuncs(L, m, events);
    lua_newtable(L);
    weft__lua_setfuncs(L, m, methods);
    lua_setfield(L, -2, "__index");
    lua_pushliteral(L, "channel");
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}

/* Pushes a channel that has none yet: a collection finds it harmless. */
static struct weft__lua_channel *push_new(lua_State *L, size_t slots)
{
    struct weft__lua_channel *channel = lua_newuserdatauv(
        L, sizeof(*channel) + slots * sizeof(channel->refs[0]), 1);

    channel->channel = NULL;
    channel->codec = NULL;
    channel->waiting = 0;
    luaL_setmetatable(L, NAME);
    return channel;
}

/* weft.channel([capacity]) */
int weft__lua_l_channel(lua_State *L)
{
    lua_Integer capacity = luaL_optinteger(L, 1, 0);
    struct weft__lua_channel *channel;

    luaL_argcheck(L, capacity >= 0, 1, "the capacity is negative");
    if (capacity > (lua_Integer)WEFT_CHANNEL_CAPACITY_MAX) {
        luaL_argerror(L, 1,
                      lua_pushfstring(L,
                                      "the capacity is too large, %I at most",
                                      (LUAI_UACINT)WEFT_CHANNEL_CAPACITY_MAX));
    }
    channel = push_new(L, (size_t)capacity);
    lua_newtable(L);
    lua_setiuservalue(L, -2, 1);
    (void)weft_channel_init(&channel->own, capacity > 0 ? channel->refs : NULL,
                            sizeof(int), (size_t)capacity);
    channel->channel = &channel->own;
    return 1;
}

void weft_lua_push_channel(lua_State *L, weft_channel_t *channel,
                           const weft_lua_codec_t *codec)
{
    struct weft__lua_channel *own;

    WEFT_ASSERT(channel->size == codec->size,
                "a codec for elements of another size");
    if (weft__lua_find(L) == NULL) {
        luaL_error(L, "no machine is open in this state");
    }
    luaL_checkstack(L, 4, NULL);
    own = push_new(L, 0);
    own->codec = codec;
    own->channel = channel;
}
