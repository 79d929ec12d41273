/* log.c - log.info and its kin: lines with a level and a tag
 * SPDX-License-Identifier: MIT
 *
 * A line goes to the machine's standard output as LuatOS writes it, in one
 * piece. For log.info("TAG", "a", 1) in line 12 of main.lua:
 *
 *     style 0   I/user.TAG<tab>a<tab>1
 *     style 1   I/main.lua:12<tab>TAG<tab>a<tab>1
 *     style 2   I/user.TAG<tab>main.lua:12<tab>a<tab>1
 *
 * Context: the machine's loop, inside a call from a script; weft__lua_log
 * outside of one too.
 */
#include <stdio.h>
#include <string.h>

#include "bindings/lua/machine.h"

/* Level and style of a machine are kept in its slot itself. */
enum { SILENT = 7, LEVEL_MASK = 15, STYLE_SHIFT = 4 };

struct level {
    const char *name;
    unsigned number;
};
static const struct level levels[] = {
    {"SILENT", SILENT}, {"DEBUG", 1}, {"INFO", 2},
    {"WARN", 3},        {"ERROR", 4}, {"FATAL", 5},
};
enum { LEVELS = sizeof(levels) / sizeof(levels[0]) };

static unsigned level_of(const struct weft_lua *m)
{
    return (uintptr_t)m->slot[WEFT__LUA_LOG] & LEVEL_MASK;
}

static unsigned style_of(const struct weft_lua *m)
{
    return (unsigned)((uintptr_t)m->slot[WEFT__LUA_LOG] >> STYLE_SHIFT);
}

static void set(struct weft_lua *m, unsigned level, unsigned style)
{
    uintptr_t both = level | (uintptr_t)style << STYLE_SHIFT;

    m->slot[WEFT__LUA_LOG] = (void *)both;
}

/* Pushes file:line of the script that called; false: it is not known. */
static bool push_where(lua_State *L)
{
    lua_Debug at;
    const char *name = NULL;

    if (!lua_getstack(L, 1, &at) || !lua_getinfo(L, "Sl", &at) ||
        at.currentline < 0) {
        return false;
    }
    name = strrchr(at.short_src, '/');
    lua_pushfstring(L, "%s:%d", name != NULL ? name + 1 : at.short_src,
                    at.currentline);
    return true;
}

/* Adds argument i as print would write it. */
static void add_argument(luaL_Buffer *line, lua_State *L, int i)
{
    (void)luaL_tolstring(L, i, NULL);
    luaL_addvalue(line);
}

static int write_line(lua_State *L, struct weft_lua *m, const char *letter)
{
    int count = lua_gettop(L);
    unsigned style = style_of(m);
    size_t size = 0;
    const char *where = "?";

    if (style != 0 && push_where(L)) {
        where = lua_tostring(L, -1); /* stays below the buffer */
    }
    luaL_Buffer line;
    luaL_buffinit(L, &line);
    luaL_addstring(&line, letter);
    luaL_addstring(&line, style == 1 ? where : "user.");
    if (style == 1) {
        luaL_addchar(&line, '\t');
    }
    add_argument(&line, L, 1);
    if (style == 2) {
        luaL_addchar(&line, '\t');
        luaL_addstring(&line, where);
    }
    for (int i = 2; i <= count; i++) {
        luaL_addchar(&line, '\t');
        add_argument(&line, L, i);
    }
    luaL_addchar(&line, '\n');
    luaL_pushresult(&line);
    const char *text = lua_tolstring(L, -1, &size);
    weft__lua_print(m, text, size);
    return 0;
}

static int log_at(lua_State *L, unsigned level, const char *letter)
{
    struct weft_lua *m = weft__lua_machine(L);

    if (level < level_of(m) || lua_gettop(L) == 0) {
        return 0;
    }
    return write_line(L, m, letter);
}

static int l_debug(lua_State *L)
{
    return log_at(L, 1, "D/");
}

static int l_info(lua_State *L)
{
    return log_at(L, 2, "I/");
}

static int l_warn(lua_State *L)
{
    return log_at(L, 3, "W/");
}

static int l_error(lua_State *L)
{
    return log_at(L, 4, "E/");
}

/* LuatOS prints it as an error; here it has a level of its own too. */
static int l_fatal(lua_State *L)
{
    return log_at(L, 5, "E/");
}

static unsigned check_level(lua_State *L)
{
    if (lua_type(L, 1) == LUA_TSTRING) {
        const char *name = lua_tostring(L, 1);
        for (unsigned i = 0; i < LEVELS; i++) {
            if (strcmp(levels[i].name, name) == 0) {
                return levels[i].number;
            }
        }
    } else {
        lua_Integer number = luaL_checkinteger(L, 1);
        if (number >= 0 && number <= SILENT) {
            return number == 0 ? SILENT : (unsigned)number;
        }
    }
    luaL_argerror(L, 1,
                  "level is SILENT, DEBUG, INFO, WARN, ERROR, FATAL or 0 to 7");
    return SILENT;
}

static int l_set_level(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);

    set(m, check_level(L), style_of(m));
    return 0;
}

static int l_get_level(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)level_of(weft__lua_machine(L)));
    return 1;
}

/* style(n) sets it; both forms give the style that is now chosen */
static int l_style(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);

    if (!lua_isnoneornil(L, 1)) {
        lua_Integer style = luaL_checkinteger(L, 1);
        luaL_argcheck(L, style >= 0 && style <= 2, 1, "style is 0, 1 or 2");
        set(m, level_of(m), (unsigned)style);
    }
    lua_pushinteger(L, (lua_Integer)style_of(m));
    return 1;
}

void weft__lua_log(struct weft_lua *m, char letter, const char *tag,
                   const char *text)
{
    static const char letters[] = "?DIWE";
    const char *at = strchr(letters, letter);
    char line[256];

    if (at == NULL || (unsigned)(at - letters) < level_of(m)) {
        return;
    }
    int size =
        snprintf(line, sizeof(line), "%c/user.%s\t%s\n", letter, tag, text);
    if (size >= (int)sizeof(line)) {
        size = (int)sizeof(line) - 1;
        line[size - 1] = '\n';
    }
    weft__lua_print(m, line, (size_t)size);
}

static const luaL_Reg functions[] = {
    {"debug", l_debug},        {"info", l_info},   {"warn", l_warn},
    {"error", l_error},        {"fatal", l_fatal}, {"setLevel", l_set_level},
    {"getLevel", l_get_level}, {"style", l_style}, {NULL, NULL},
};

int weft__lua_open_log(lua_State *L)
{
    struct weft_lua *m = lua_touserdata(L, 1);

    set(m, 1, 0);
    lua_createtable(L, 0, 13);
    weft__lua_setfuncs(L, m, functions);
    for (unsigned i = 0; i < LEVELS; i++) {
        lua_pushfstring(L, "LOG_%s", levels[i].name);
        lua_pushinteger(L, (lua_Integer)levels[i].number);
        lua_settable(L, -3);
    }
    return 1;
}
