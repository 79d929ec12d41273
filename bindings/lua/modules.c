/* modules.c - the table of modules, opened, closed and freed in its order
 * SPDX-License-Identifier: MIT
 */
#include "bindings/lua/core.h"

struct module {
    const char *name; /* of the global and for require; NULL: none */
    lua_CFunction open;
    bool driven_only; /* changes what is the host's own */
};

static const struct module modules[] = {
    {NULL, weft__lua_open_prelude, false},
    {"log", weft__lua_open_log, false},
    {"mcu", weft__lua_open_mcu, false},
    {NULL, weft__lua_open_os, true},
    {"rtos", weft__lua_open_rtos, false},
    {"sys", weft__lua_open_sys, false},
    {"gpio", weft__lua_open_gpio, false},
    {"uart", weft__lua_open_uart, false},
    {"pwm", weft__lua_open_pwm, false},
    {"adc", weft__lua_open_adc, false},
    {"wdt", weft__lua_open_wdt, false},
    {"weft", weft__lua_open_weft, false},
    {"service", weft__lua_open_service, false},
};

/* The module is on top, and popped. */
static void publish(lua_State *L, const char *name)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_pushvalue(L, -2);
    lua_setfield(L, -2, name);
    lua_pop(L, 1);
    lua_setglobal(L, name);
}

static int require_sys(lua_State *L)
{
    lua_getglobal(L, "sys");
    return 1;
}

/* sysplus is sys. Not in package.loaded before somebody asks for it: Lua looks
 * there for the names of functions in its messages. */
static void preload_sysplus(lua_State *L)
{
    lua_getglobal(L, "sys");
    lua_setglobal(L, "sysplus");
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    lua_pushcfunction(L, require_sys);
    lua_setfield(L, -2, "sysplus");
    lua_pop(L, 1);
}

void weft__lua_modules_open(struct weft_lua *m, lua_State *L)
{
    for (size_t i = 0; i < sizeof(modules) / sizeof(*modules); i++) {
        const struct module *module = &modules[i];
        if (module->driven_only && m->core->embedded) {
            continue;
        }
        lua_pushcfunction(L, module->open);
        lua_pushlightuserdata(L, m);
        lua_call(L, 1, module->name != NULL);
        if (module->name != NULL) {
            publish(L, module->name);
        }
    }
    preload_sysplus(L);
}

void weft__lua_modules_close(struct weft_lua *m)
{
    weft__lua_close_gpio(m);
    weft__lua_close_uart(m);
}

void weft__lua_modules_free(struct weft_lua *m)
{
    weft__lua_free_gpio(m);
    weft__lua_free_uart(m);
}

/* require finds these where nobody opened the machine before. */
static int open_by_name(lua_State *L, const char *name)
{
    if (weft_lua_open(L, NULL) == NULL) {
        return luaL_error(L, "not enough memory");
    }
    lua_getglobal(L, name);
    return 1;
}

int luaopen_sys(lua_State *L)
{
    return open_by_name(L, "sys");
}

int luaopen_sysplus(lua_State *L)
{
    return open_by_name(L, "sysplus");
}

int luaopen_rtos(lua_State *L)
{
    return open_by_name(L, "rtos");
}

int luaopen_log(lua_State *L)
{
    return open_by_name(L, "log");
}

int luaopen_weft(lua_State *L)
{
    return open_by_name(L, "weft");
}

int luaopen_service(lua_State *L)
{
    return open_by_name(L, "service");
}
