/* text.c - the string functions that LuatOS adds: hex, split, trim, ...
 * SPDX-License-Identifier: MIT
 *
 * Context: the machine's loop, inside a call from a script.
 */
#include <string.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "bindings/lua/text.h"

static const char digits[] = "0123456789ABCDEF";

/* toHex(text, separator) -> hex, count of hex digits */
static int text_to_hex(lua_State *L)
{
    size_t size = 0;
    size_t gap = 0;
    const char *text = luaL_checklstring(L, 1, &size);
    const char *separator = luaL_optlstring(L, 2, "", &gap);
    luaL_Buffer out;

    luaL_buffinit(L, &out);
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)text[i];
        luaL_addchar(&out, digits[byte >> 4]);
        luaL_addchar(&out, digits[byte & 15u]);
        luaL_addlstring(&out, separator, gap);
    }
    luaL_pushresult(&out);
    lua_pushinteger(L, (lua_Integer)size * 2);
    return 2;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* fromHex(hex): what is no hex digit separates, also inside a pair */
static int text_from_hex(lua_State *L)
{
    size_t size = 0;
    const char *hex = luaL_checklstring(L, 1, &size);
    int high = -1;
    luaL_Buffer out;

    luaL_buffinit(L, &out);
    for (size_t i = 0; i < size; i++) {
        int value = hex_value(hex[i]);
        if (value < 0 || high < 0) {
            high = value;
            continue;
        }
        luaL_addchar(&out, (char)(high * 16 + value));
        high = -1;
    }
    luaL_pushresult(&out);
    return 1;
}

/* Where delimiter begins in text, or its end. */
static const char *find(const char *text, const char *end,
                        const char *delimiter, size_t size)
{
    for (; (size_t)(end - text) >= size; text++) {
        if (memcmp(text, delimiter, size) == 0) {
            return text;
        }
    }
    return end;
}

/* split(text, delimiter, keep_empty) -> list; an empty text has no pieces */
static int text_split(lua_State *L)
{
    size_t size = 0;
    size_t width = 0;
    const char *text = luaL_checklstring(L, 1, &size);
    const char *delimiter = luaL_optlstring(L, 2, ",", &width);
    bool keep = lua_toboolean(L, 3) && size > 0;
    const char *end = text + size;
    lua_Integer count = 0;

    if (width == 0) {
        delimiter = ",";
        width = 1;
    }
    lua_newtable(L);
    for (;;) {
        const char *stop = find(text, end, delimiter, width);
        if (stop > text || keep) {
            lua_pushlstring(L, text, (size_t)(stop - text));
            lua_rawseti(L, -2, ++count);
        }
        if (stop == end) {
            return 1;
        }
        text = stop + width;
    }
}

/* toValue("12ab") -> "\1\2\10\11", count: each digit becomes its value */
static int text_to_value(lua_State *L)
{
    size_t size = 0;
    const char *text = luaL_checklstring(L, 1, &size);
    luaL_Buffer out;

    luaL_buffinit(L, &out);
    for (size_t i = 0; i < size; i++) {
        int c = (unsigned char)text[i];
        luaL_addchar(&out, (char)((c > '9' ? c + 9 : c) & 15));
    }
    luaL_pushresult(&out);
    lua_pushinteger(L, (lua_Integer)size);
    return 2;
}

static int text_starts_with(lua_State *L)
{
    size_t size = 0;
    size_t width = 0;
    const char *text = luaL_checklstring(L, 1, &size);
    const char *prefix = luaL_checklstring(L, 2, &width);

    lua_pushboolean(L, size >= width && memcmp(text, prefix, width) == 0);
    return 1;
}

static int text_ends_with(lua_State *L)
{
    size_t size = 0;
    size_t width = 0;
    const char *text = luaL_checklstring(L, 1, &size);
    const char *suffix = luaL_checklstring(L, 2, &width);

    lua_pushboolean(L, size >= width &&
                           memcmp(text + size - width, suffix, width) == 0);
    return 1;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* trim(text, left, right): only false turns a side off */
static int text_trim(lua_State *L)
{
    size_t size = 0;
    const char *text = luaL_checklstring(L, 1, &size);
    bool left = !lua_isboolean(L, 2) || lua_toboolean(L, 2);
    bool right = !lua_isboolean(L, 3) || lua_toboolean(L, 3);

    while (left && size > 0 && is_space(text[0])) {
        text++;
        size--;
    }
    while (right && size > 0 && is_space(text[size - 1])) {
        size--;
    }
    lua_pushlstring(L, text, size);
    return 1;
}

static bool is_plain(char c, const char *safe, size_t count)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z') || memchr(safe, c, count) != NULL;
}

/* urlEncode(text, mode, space, safe): mode 0 as PHP does it, 1 as RFC 3986,
 * -1 by space (0: '+', 1: "%20") and the characters of safe */
static int text_url_encode(lua_State *L)
{
    size_t size = 0;
    size_t count = 0;
    const char *text = luaL_checklstring(L, 1, &size);
    lua_Integer mode = luaL_optinteger(L, 2, 0);
    bool plus = mode == 0 || (mode == -1 && luaL_checkinteger(L, 3) == 0);
    const char *safe = mode == -1  ? luaL_checkstring(L, 4)
                       : mode == 1 ? ".-_"
                                   : ".-*_";
    luaL_Buffer out;

    count = strlen(safe);
    luaL_argcheck(L, mode >= -1 && mode <= 1, 2, "mode is 0, 1 or -1");
    luaL_buffinit(L, &out);
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (is_plain(text[i], safe, count)) {
            luaL_addchar(&out, text[i]);
        } else if (byte == ' ' && plus) {
            luaL_addchar(&out, '+');
        } else {
            luaL_addchar(&out, '%');
            luaL_addchar(&out, digits[byte >> 4]);
            luaL_addchar(&out, digits[byte & 15u]);
        }
    }
    luaL_pushresult(&out);
    return 1;
}

static const luaL_Reg functions[] = {
    {"toHex", text_to_hex},
    {"fromHex", text_from_hex},
    {"split", text_split},
    {"toValue", text_to_value},
    {"startsWith", text_starts_with},
    {"endsWith", text_ends_with},
    {"trim", text_trim},
    {"urlEncode", text_url_encode},
    {"toBase64", weft__lua_to_base64},
    {"fromBase64", weft__lua_from_base64},
    {"toBase32", weft__lua_to_base32},
    {"fromBase32", weft__lua_from_base32},
    {NULL, NULL},
};

void weft__lua_add_text(lua_State *L)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    if (lua_getfield(L, -1, LUA_STRLIBNAME) == LUA_TTABLE) {
        luaL_setfuncs(L, functions, 0);
    }
    lua_pop(L, 2);
}
