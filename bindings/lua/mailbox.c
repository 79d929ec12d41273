/* mailbox.c - named mailboxes of tasks: taskInitEx, sendMsg and their kin
 * SPDX-License-Identifier: MIT
 *
 * A box is a userdata with two Lua values, the queue of messages (a table,
 * from head to tail) and the callback; a registry table leads to it by name.
 * waitMsg sleeps on the topic of the box's name, which sendMsg publishes.
 */
#include "bindings/lua/mailbox.h"

#include "bindings/lua/core.h"
#include "bindings/lua/sys.h"

enum { QUEUE = 1, CALLBACK = 2, PARAMETERS = 4 };

void weft__lua_open_mailbox(struct weft_lua *m, lua_State *L)
{
    lua_newtable(L);
    m->core->mailboxes = luaL_ref(L, LUA_REGISTRYINDEX);
}

struct weft__lua_box *weft__lua_box_push(struct weft_lua *m, lua_State *L,
                                         int name)
{
    name = lua_absindex(L, name);
    lua_rawgeti(L, LUA_REGISTRYINDEX, m->core->mailboxes);
    lua_pushvalue(L, name);
    lua_rawget(L, -2);
    lua_remove(L, -2);
    return lua_touserdata(L, -1);
}

/* The value on top becomes the box of that name. */
static void set_box(struct weft_lua *m, lua_State *L, int name)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, m->core->mailboxes);
    lua_pushvalue(L, name);
    lua_rotate(L, -3, -1);
    lua_rawset(L, -3);
    lua_pop(L, 1);
}

bool weft__lua_box_take(lua_State *L, int index)
{
    struct weft__lua_box *box = lua_touserdata(L, index);

    if (box->head == box->tail) {
        return false;
    }
    index = lua_absindex(L, index);
    lua_getiuservalue(L, index, QUEUE);
    lua_rawgeti(L, -1, ++box->head);
    lua_pushnil(L);
    lua_rawseti(L, -3, box->head);
    lua_remove(L, -2);
    return true;
}

bool weft__lua_box_callback(lua_State *L, int index)
{
    if (lua_getiuservalue(L, index, CALLBACK) == LUA_TFUNCTION) {
        return true;
    }
    lua_pop(L, 1);
    return false;
}

/* taskInitEx(function, name, callback, ...) */
int weft__lua_l_task_init_ex(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);
    struct weft__lua_box *box;

    luaL_checktype(L, 1, LUA_TFUNCTION);
    luaL_argexpected(L, !lua_isnoneornil(L, 2), 2, "name");
    if (lua_gettop(L) < 3) {
        lua_settop(L, 3);
    }
    luaL_checkstack(L, 6, NULL);
    box = lua_newuserdatauv(L, sizeof(*box), 2);
    *box = (struct weft__lua_box){0, 0, false};
    lua_newtable(L);
    lua_setiuservalue(L, -2, QUEUE);
    lua_pushvalue(L, 3);
    lua_setiuservalue(L, -2, CALLBACK);
    set_box(m, L, 2);
    lua_remove(L, 3);
    lua_remove(L, 2);
    weft__lua_spawn(m, L, lua_gettop(L) - 1);
    return 1;
}

int weft__lua_l_task_del(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);
    struct weft__lua_box *box;

    luaL_checkany(L, 1);
    box = weft__lua_box_push(m, L, 1);
    if (box != NULL) {
        box->deleted = true;
        lua_pushnil(L);
        set_box(m, L, 1);
    }
    return 0;
}

/* Published first: where a bound forbids it nothing has happened. */
int weft__lua_l_send_msg(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);
    struct weft__lua_box *box;

    luaL_checkany(L, 1);
    lua_settop(L, 1 + PARAMETERS);
    box = weft__lua_box_push(m, L, 1);
    if (box == NULL) {
        lua_pushboolean(L, 0);
        return 1;
    }
    lua_createtable(L, PARAMETERS, 0);
    for (int i = 1; i <= PARAMETERS; i++) {
        lua_pushvalue(L, 1 + i);
        lua_rawseti(L, -2, i);
    }
    lua_getiuservalue(L, 2 + PARAMETERS, QUEUE);
    lua_pushvalue(L, -2);
    lua_pushvalue(L, 1);
    weft__lua_publish(m, L, 1);
    lua_rawseti(L, -2, box->tail + 1);
    box->tail++;
    lua_pushboolean(L, 1);
    return 1;
}

int weft__lua_l_clean_msg(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);
    struct weft__lua_box *box;

    luaL_checkany(L, 1);
    box = weft__lua_box_push(m, L, 1);
    if (box != NULL) {
        lua_newtable(L);
        lua_setiuservalue(L, -2, QUEUE);
        box->head = 0;
        box->tail = 0;
    }
    lua_pushboolean(L, box != NULL);
    return 1;
}

/* taskCB(name, message): calls the box's callback. */
int weft__lua_l_task_cb(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);

    luaL_checkany(L, 1);
    lua_settop(L, 2);
    if (weft__lua_box_push(m, L, 1) != NULL && weft__lua_box_callback(L, -1)) {
        lua_pushvalue(L, 2);
        lua_call(L, 1, 0);
    } else {
        weft__lua_log(m, 'E', "sys", "taskCB: no callback for this task");
    }
    return 0;
}
