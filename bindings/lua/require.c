/* require.c - require that may yield, and finds modules beside the script
 * SPDX-License-Identifier: MIT
 *
 * Lua's own require calls the module through C, where nothing can yield, so
 * that a sys.run() in a module could not park. This one asks the same
 * searchers, and one more: the script's own folder, and the patterns of
 * rtos.setPaths before it.
 */
#include <string.h>

#include "bindings/lua/core.h"
#include "bindings/lua/load.h"

/* Stack: 1 name, 2 LOADED, 3 the searcher's second value, 4 what the module
 * returned. */
static int finish(lua_State *L, int status, lua_KContext ctx)
{
    const char *name = lua_tostring(L, 1);

    (void)status;
    (void)ctx;
    lua_settop(L, 4);
    if (lua_isnil(L, 4) && lua_getfield(L, 2, name) == LUA_TNIL) {
        lua_pushboolean(L, 1);
    }
    if (lua_gettop(L) > 4) {
        lua_replace(L, 4);
        lua_settop(L, 4);
    }
    lua_pushvalue(L, 4);
    lua_setfield(L, 2, name);
    lua_pushvalue(L, 3);
    return 2;
}

/* Leaves the loader and its second value on top. */
static void find_loader(lua_State *L, const char *name)
{
    luaL_Buffer tried;
    int searchers;

    lua_getglobal(L, LUA_LOADLIBNAME);
    if (lua_getfield(L, -1, "searchers") != LUA_TTABLE) {
        luaL_error(L, "'package.searchers' must be a table");
    }
    searchers = lua_gettop(L);
    luaL_buffinit(L, &tried);
    for (int i = 1;; i++) {
        if (lua_rawgeti(L, searchers, i) == LUA_TNIL) {
            lua_pop(L, 1);
            luaL_pushresult(&tried);
            luaL_error(L, "module '%s' not found:%s", name,
                       lua_tostring(L, -1));
        }
        lua_pushstring(L, name);
        lua_call(L, 1, 2);
        if (lua_isfunction(L, -2)) {
            return;
        }
        if (lua_isstring(L, -2)) {
            lua_pop(L, 1);
            lua_pushfstring(L, "\n\t%s", lua_tostring(L, -1));
            lua_remove(L, -2);
            luaL_addvalue(&tried);
        } else {
            lua_pop(L, 2);
        }
    }
}

static int l_require(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);

    lua_settop(L, 1);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    if (lua_getfield(L, 2, name), lua_toboolean(L, -1)) {
        return 1;
    }
    lua_pop(L, 1);
    find_loader(L, name);
    lua_copy(L, -1, 3); /* it stands where package did */
    lua_copy(L, -2, 4);
    lua_settop(L, 4);
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 3);
    lua_callk(L, 2, 1, 0, finish);
    return finish(L, LUA_OK, 0);
}

/* --- where modules are --------------------------------------------------- */

const weft_lua_script_t *weft__lua_script_find(const struct weft_lua *m,
                                               const char *name)
{
    const weft_lua_script_t *script = m->config.scripts;

    while (script != NULL && script->name != NULL) {
        if (strcmp(script->name, name) == 0) {
            return script;
        }
        script++;
    }
    return NULL;
}

/* The path is on top. 0: nothing there; else loader and path. */
static int load(lua_State *L, const struct weft_lua *m)
{
    const char *path = lua_tostring(L, -1);
    const weft_lua_script_t *script = weft__lua_script_find(m, path);

    if (script == NULL) {
        return weft__lua_load_module_file(L);
    }
    lua_pushfstring(L, "@%s", path);
    if (luaL_loadbufferx(L, script->text, script->size, lua_tostring(L, -1),
                         "t") != LUA_OK) {
        return luaL_error(L, "error loading module '%s':\n\t%s",
                          lua_tostring(L, 1), lua_tostring(L, -1));
    }
    lua_replace(L, -2);
    lua_insert(L, -2);
    return 2;
}

/* The patterns of rtos.setPaths: %s is the module's name. */
static int search_patterns(lua_State *L, struct weft_lua *m, const char *file)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, m->core->paths);
    for (int i = 1; lua_rawgeti(L, -1, i) == LUA_TSTRING; i++) {
        luaL_gsub(L, lua_tostring(L, -1), "%s", file);
        if (load(L, m) != 0) {
            return 2;
        }
        lua_pop(L, 2);
    }
    lua_pop(L, 2);
    return 0;
}

static int l_search(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);
    const char *file = luaL_gsub(L, luaL_checkstring(L, 1), ".", "/");
    const char *path = m->core->path;
    const char *slash = path == NULL ? NULL : strrchr(path, '/');

    if (search_patterns(L, m, file) != 0) {
        return 2;
    }
    lua_pushlstring(L, path == NULL ? "" : path,
                    slash == NULL ? 0 : (size_t)(slash - path) + 1);
    lua_pushfstring(L, "%s%s.lua", lua_tostring(L, -1), file);
    if (load(L, m) != 0) {
        return 2;
    }
    lua_pushfstring(L, "no file '%s'", lua_tostring(L, -1));
    return 1;
}

/* Behind the first, which looks into package.preload. */
static void add_searcher(struct weft_lua *m, lua_State *L)
{
    lua_getglobal(L, LUA_LOADLIBNAME);
    if (!lua_istable(L, -1) || lua_getfield(L, -1, "searchers") != LUA_TTABLE) {
        lua_settop(L, 1);
        return;
    }
    for (lua_Integer i = (lua_Integer)lua_rawlen(L, -1); i >= 2; i--) {
        lua_rawgeti(L, -1, i);
        lua_rawseti(L, -2, i + 1);
    }
    lua_pushlightuserdata(L, m);
    lua_pushcclosure(L, l_search, 1);
    lua_rawseti(L, -2, 2);
    lua_settop(L, 1);
}

void weft__lua_open_require(struct weft_lua *m, lua_State *L)
{
    add_searcher(m, L);
    if (!m->core->embedded) {
        lua_pushlightuserdata(L, m);
        lua_pushcclosure(L, l_require, 1);
        lua_setglobal(L, "require");
    }
}
