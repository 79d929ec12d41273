/* select.c - weft.select: the first of several sends and receives
 * SPDX-License-Identifier: MIT
 *
 * The select is built in a userdata and tried there. If nothing is ready it is
 * copied into an op, which waits, and back when that is over.
 */
#include "bindings/lua/select.h"

#include <stdio.h>
#include <string.h>

#include "bindings/lua/core.h"

/* The stack: the table of cases, the select, its channels; until it waits, the
 * values of the cases. */
enum { CASES = 1, SELECT = 2 };

enum { ALIGN = 16 };

static void *element_of(struct weft__lua_select *select, uint32_t i)
{
    return (char *)select + weft__lua_select_choices(select)[i].element;
}

/* --- from the script's table --------------------------------------------- */

static bool is_one_of(const char *name, const char *const *names)
{
    while (*names != NULL && strcmp(name, *names) != 0) {
        names++;
    }
    return *names != NULL;
}

/* The table on top has no other names than these. `where` it is. */
static void check_names(lua_State *L, const char *const *names,
                        const char *where)
{
    for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1)) {
        if (lua_type(L, -2) == LUA_TSTRING &&
            !is_one_of(lua_tostring(L, -2), names)) {
            luaL_error(L, "weft.select: %sunknown option '%s'", where,
                       lua_tostring(L, -2));
        }
    }
}

static void check_case(lua_State *L, uint32_t i)
{
    static const char *const names[] = {"recv", "send", "value", NULL};
    char where[32];

    (void)snprintf(where, sizeof(where), "case %d: ", (int)i + 1);
    lua_rawgeti(L, CASES, (lua_Integer)i + 1);
    if (!lua_istable(L, -1)) {
        luaL_error(L, "weft.select: case %d is no table", (int)i + 1);
    }
    check_names(L, names, where);
    if (lua_getfield(L, -1, "value") != LUA_TNIL &&
        lua_getfield(L, -2, "send") == LUA_TNIL) {
        luaL_error(L, "weft.select: %sonly a send has a value", where);
    }
    lua_settop(L, CASES);
}

/* Pushes the channel of case i, and says whether it sends. */
static bool push_channel(lua_State *L, uint32_t i)
{
    bool sends;

    lua_rawgeti(L, CASES, (lua_Integer)i + 1);
    lua_getfield(L, -1, "send");
    lua_getfield(L, -2, "recv");
    sends = !lua_isnil(L, -2);
    if (sends == !lua_isnil(L, -1)) {
        luaL_error(L, "weft.select: case %d needs either recv or send",
                   (int)i + 1);
    }
    lua_remove(L, sends ? -1 : -2);
    lua_remove(L, -2);
    if (luaL_testudata(L, -1, "weft.channel") == NULL) {
        luaL_error(L, "weft.select: case %d: channel expected, got %s",
                   (int)i + 1, luaL_typename(L, -1));
    }
    return sends;
}

/* The bytes of a select of these, whose channels come onto the stack. */
static size_t measure(lua_State *L, uint32_t count)
{
    size_t size = sizeof(struct weft__lua_select);

    size += count * (sizeof(weft_case_t) + sizeof(struct weft__lua_choice));
    for (uint32_t i = 0; i < count; i++) {
        check_case(L, i);
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct weft__lua_channel *channel;
        (void)push_channel(L, i);
        channel = weft__lua_check_channel(L, lua_gettop(L));
        size = (size + ALIGN - 1) / ALIGN * ALIGN;
        size += weft__lua_element_size(channel);
    }
    luaL_argcheck(L, size <= UINT32_MAX, CASES, "the elements are too large");
    return size;
}

static void lay_out(lua_State *L, struct weft__lua_select *select)
{
    size_t size = sizeof(*select);

    size +=
        select->count * (sizeof(weft_case_t) + sizeof(struct weft__lua_choice));
    for (uint32_t i = 0; i < select->count; i++) {
        struct weft__lua_choice *choice = &weft__lua_select_choices(select)[i];
        choice->sends = push_channel(L, i);
        lua_pop(L, 1);
        choice->channel = lua_touserdata(L, SELECT + 1 + (int)i);
        size = (size + ALIGN - 1) / ALIGN * ALIGN;
        choice->element = (uint32_t)size;
        size += weft__lua_element_size(choice->channel);
    }
}

static int value_of(const struct weft__lua_select *select, uint32_t i)
{
    return SELECT + 1 + (int)(select->count + i);
}

static bool keeps_value(struct weft__lua_select *select, uint32_t i)
{
    const struct weft__lua_choice *choice =
        &weft__lua_select_choices(select)[i];

    return choice->sends && choice->channel->codec == NULL;
}

/* The select, and a channel and a value for each one that it keeps. */
static int l_hold(lua_State *L)
{
    struct weft__lua_select *select = lua_touserdata(L, 1);
    int at = 2;

    for (uint32_t i = 0; i < select->count; i++) {
        if (keeps_value(select, i)) {
            weft__lua_encode(L, at, at + 1, element_of(select, i));
            at += 2;
        }
    }
    return 0;
}

/* The values are no longer in the channels' tables. */
static void let_go(lua_State *L, struct weft__lua_select *select)
{
    for (uint32_t i = 0; i < select->count; i++) {
        if (keeps_value(select, i)) {
            weft__lua_unsent(L, SELECT + 1 + (int)i, element_of(select, i));
            *(int *)element_of(select, i) = LUA_NOREF;
        }
    }
}

/* They are there, all of them, or it throws and none is. Runs no finalizers:
 * the stack has room. */
static void hold(lua_State *L, struct weft__lua_select *select)
{
    int count = 0;

    lua_pushcfunction(L, l_hold);
    lua_pushlightuserdata(L, select);
    for (uint32_t i = 0; i < select->count; i++) {
        if (keeps_value(select, i)) {
            *(int *)element_of(select, i) = LUA_NOREF;
            lua_pushvalue(L, SELECT + 1 + (int)i);
            lua_pushvalue(L, value_of(select, i));
            count++;
        }
    }
    if (count == 0) {
        lua_pop(L, 2);
    } else if (lua_pcall(L, 1 + 2 * count, 0, 0) != LUA_OK) {
        let_go(L, select);
        (void)lua_error(L);
    }
}

/* Elements of C's channels. */
static void encode(lua_State *L, struct weft__lua_select *select)
{
    for (uint32_t i = 0; i < select->count; i++) {
        if (weft__lua_select_choices(select)[i].sends &&
            !keeps_value(select, i)) {
            weft__lua_encode(L, SELECT + 1 + (int)i, value_of(select, i),
                             element_of(select, i));
        }
    }
}

/* The cases name elements where the select now is. */
static void place(struct weft__lua_select *select)
{
    for (uint32_t i = 0; i < select->count; i++) {
        const struct weft__lua_choice *choice =
            &weft__lua_select_choices(select)[i];
        weft__lua_select_cases(select)[i] =
            choice->sends ? weft_case_send(choice->channel->channel,
                                           element_of(select, i))
                          : weft_case_recv(choice->channel->channel,
                                           element_of(select, i));
    }
}

/* Pushes the value of case i; a nil, if it receives. */
static void push_value(lua_State *L, const struct weft__lua_choice *choice,
                       uint32_t i)
{
    const weft_lua_codec_t *codec = choice->channel->codec;

    if (!choice->sends) {
        lua_pushnil(L);
        if (codec != NULL && codec->to_lua == NULL) {
            luaL_error(L,
                       "weft.select: case %d: scripts cannot receive from "
                       "this channel",
                       (int)i + 1);
        }
        return;
    }
    lua_rawgeti(L, CASES, (lua_Integer)i + 1);
    if (lua_getfield(L, -1, "value") == LUA_TNIL) {
        luaL_error(L, "weft.select: case %d: value expected", (int)i + 1);
    }
    lua_remove(L, -2);
}

/* Pushes it, and its channels behind, and the values. */
static struct weft__lua_select *build(lua_State *L, uint32_t count,
                                      unsigned flags)
{
    size_t size;
    struct weft__lua_select *select;

    luaL_checkstack(L, 4 * (int)count + 2 * LUA_MINSTACK, "too many cases");
    size = measure(L, count);
    select = lua_newuserdatauv(L, size, 0);
    lua_insert(L, SELECT);
    *select = (struct weft__lua_select){count, flags, size};
    lay_out(L, select);
    for (uint32_t i = 0; i < count; i++) {
        push_value(L, &weft__lua_select_choices(select)[i], i);
    }
    encode(L, select);
    hold(L, select);
    place(select);
    return select;
}

/* --- to the script ------------------------------------------------------- */

/* Whether case i keeps its element: it was received, or was not sent. */
static bool has_element(struct weft__lua_select *select, uint32_t i, int chosen)
{
    bool happened =
        (int)i == chosen && weft__lua_select_cases(select)[i].rc == WEFT_OK;

    return weft__lua_select_choices(select)[i].sends ? !happened : happened;
}

/* rc: the case that was chosen, or why there is none. */
static int finish(lua_State *L, struct weft__lua_select *select, int rc)
{
    for (uint32_t i = 0; i < select->count; i++) {
        if (weft__lua_select_choices(select)[i].sends &&
            has_element(select, i, rc)) {
            weft__lua_unsent(L, SELECT + 1 + (int)i, element_of(select, i));
        }
    }
    if (rc < 0) {
        lua_pushnil(L);
        return 1 + weft__lua_push_why(L, rc);
    }
    lua_pushinteger(L, rc + 1);
    if (weft__lua_select_cases(select)[rc].rc != WEFT_OK) {
        return 1 + weft__lua_push_why(L, weft__lua_select_cases(select)[rc].rc);
    }
    if (weft__lua_select_choices(select)[rc].sends) {
        lua_pushboolean(L, 1);
    } else {
        weft__lua_decode(L, SELECT + 1 + rc, element_of(select, (uint32_t)rc));
    }
    return 2;
}

void weft__lua_select_drop(const struct weft__lua_op *op, lua_State *L)
{
    struct weft__lua_select *select = op->element;
    int top = lua_gettop(L);

    weft__lua_pool_get(&op->m->core->ops.pool, L, op->index);
    for (uint32_t i = 0; i < select->count; i++) {
        if (has_element(select, i, op->rc)) {
            lua_rawgeti(L, top + 1, (lua_Integer)i + 1);
            weft__lua_unsent(L, top + 2, element_of(select, i));
            lua_pop(L, 1);
        }
    }
    lua_settop(L, top);
}

static int cancelled(lua_State *L, struct weft__lua_select *select)
{
    (void)finish(L, select, WEFT_ERR_CANCELLED);
    return weft__lua_throw_cancelled(L);
}

/* As of a channel's wait: what has happened counts. */
static int over(lua_State *L, int status, lua_KContext ctx)
{
    struct weft__lua_wait *wait = (struct weft__lua_wait *)ctx;
    struct weft__lua_op *op = weft__lua_op_look(L, wait);
    struct weft__lua_select *select = lua_touserdata(L, SELECT);
    int base = SELECT + (int)select->count;
    int resumed = lua_gettop(L) - base;
    int how;
    int rc;

    (void)status;
    if (op == NULL) {
        lua_settop(L, base);
        return lua_yieldk(L, 0, ctx, over);
    }
    rc = op->rc;
    if (op->kind == WEFT__LUA_OP_SELECT) {
        memcpy(select, op->element, select->size);
    }
    how = weft__lua_op_unpark(L, op);
    if (rc != WEFT_ERR_CANCELLED || how == WEFT__LUA_TIMED) {
        return finish(L, select,
                      how == WEFT__LUA_TIMED ? WEFT_ERR_TIMEOUT : rc);
    }
    if (how != WEFT__LUA_PARKED) {
        return cancelled(L, select);
    }
    (void)finish(L, select, rc);
    lua_settop(L, base + resumed);
    return resumed;
}

static void push_anchor(lua_State *L, const struct weft__lua_select *select)
{
    lua_createtable(L, (int)select->count, 0);
    for (uint32_t i = 0; i < select->count; i++) {
        lua_pushvalue(L, SELECT + 1 + (int)i);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

static int wait_for(lua_State *L, struct weft__lua_select *select,
                    uint64_t deadline_us)
{
    struct weft_lua *m = weft__lua_machine(L);
    struct weft__lua_wait *wait;
    struct weft__lua_op *op;

    let_go(L, select);
    push_anchor(L, select);
    op = weft__lua_op_prepare(m, L, select->size, 0, "weft.select");
    hold(L, select);
    lua_settop(L, SELECT + (int)select->count);
    memcpy(op->element, select, select->size);
    place(op->element);
    if (select->count > 0) {
        op->kind = WEFT__LUA_OP_SELECT;
    }
    weft__lua_op_begin(op, weft__lua_scope_find(m, L, L));
    if (!op->live && weft__lua_op_turn(&m->core->ops)) {
        int rc = op->rc;
        memcpy(select, op->element, select->size);
        weft__lua_op_free(op);
        return rc == WEFT_ERR_CANCELLED ? cancelled(L, select)
                                        : finish(L, select, rc);
    }
    wait = weft__lua_op_park(op, deadline_us, "weft.select");
    return lua_yieldk(L, 0, (lua_KContext)wait, over);
}

/* --- weft.select --------------------------------------------------------- */

static bool flag(lua_State *L, const char *name)
{
    bool set;

    lua_getfield(L, CASES, name);
    set = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return set;
}

/* The field `timeout`, if there is one. */
static bool limit(lua_State *L, uint64_t *deadline_us)
{
    uint64_t ms = 0;
    bool limited = lua_getfield(L, CASES, "timeout") != LUA_TNIL;

    if (limited && !weft__lua_to_ms(L, -1, &ms)) {
        luaL_error(L, "weft.select: timeout: milliseconds must be a whole "
                      "number from 0 on");
    }
    *deadline_us = limited ? weft_deadline(WEFT_MS(ms)) : WEFT_FOREVER;
    lua_pop(L, 1);
    return limited;
}

/* How many there are. */
static size_t check_cases(lua_State *L)
{
    static const char *const names[] = {"timeout", "default", "ordered", NULL};
    lua_Unsigned count;

    luaL_checktype(L, CASES, LUA_TTABLE);
    lua_settop(L, CASES);
    check_names(L, names, "");
    count = lua_rawlen(L, CASES);
    if (count > WEFT_SELECT_MAX) {
        luaL_argerror(L, CASES,
                      lua_pushfstring(L, "%d cases, %d at most", (int)count,
                                      WEFT_SELECT_MAX));
    }
    return (size_t)count;
}

static bool may_try(struct weft_lua *m, lua_State *L)
{
    const struct weft__lua_scope *scope = weft__lua_scope_find(m, L, L);

    return (scope == NULL || !weft__lua_scope_cancelled(scope)) &&
           weft__lua_op_turn(&m->core->ops);
}

/* weft.select{{recv = channel}, {send = channel, value = v}, ..., timeout = ms,
 * default = true, ordered = true} */
int weft__lua_l_select(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);
    struct weft__lua_select *select;
    uint64_t deadline_us;
    bool limited;
    bool never_waits;
    size_t count;
    int rc = WEFT_ERR_EMPTY;

    count = check_cases(L);
    limited = limit(L, &deadline_us);
    never_waits = flag(L, "default");
    luaL_argcheck(L, !limited || !never_waits, CASES,
                  "default never waits: no timeout with it");
    luaL_argcheck(L, count > 0 || limited || never_waits, CASES,
                  "a select of nothing");
    if (!never_waits) {
        weft__lua_check_task(m, L, "weft.select");
    }
    select = build(L, (uint32_t)count,
                   flag(L, "ordered") ? WEFT_SELECT_ORDERED : WEFT_SELECT_FAIR);
    if (count > 0 && (never_waits || may_try(m, L))) {
        rc = weft_select_try(weft__lua_select_cases(select), count,
                             select->flags);
    }
    return rc >= 0 || never_waits ? finish(L, select, rc)
                                  : wait_for(L, select, deadline_us);
}
