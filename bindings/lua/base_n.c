/* base_n.c - base64 and base32 for scripts (RFC 4648)
 * SPDX-License-Identifier: MIT
 *
 * Both are the same thing: groups of bits looked up in an alphabet. Base32
 * is written without padding, as LuatOS does; both are read with or without.
 * What cannot be decoded gives an empty string.
 *
 * Context: the machine's loop, inside a call from a script.
 */
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "bindings/lua/text.h"

struct base {
    const char *alphabet;
    unsigned bits;  /* of one character */
    unsigned group; /* characters padded to a multiple of it; 0: no padding */
    bool folds;     /* lower case, and 0 1 8 for O L B, are accepted */
};

static const struct base base64 = {
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 6, 4,
    false};
static const struct base base32 = {"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 5, 0,
                                   true};

static int encode(lua_State *L, const struct base *base)
{
    size_t size = 0;
    const char *data = luaL_checklstring(L, 1, &size);
    unsigned mask = (1u << base->bits) - 1;
    unsigned held = 0; /* bits not yet written, `count` of them */
    unsigned count = 0;
    size_t written = 0;
    luaL_Buffer out;

    luaL_buffinit(L, &out);
    for (size_t i = 0; i < size || count > 0;) {
        if (count < base->bits && i < size) {
            held = (held << 8 | (unsigned char)data[i++]) & 0xFFFFu;
            count += 8;
        } else if (count < base->bits) {
            held <<= base->bits - count;
            count = base->bits;
        }
        count -= base->bits;
        luaL_addchar(&out, base->alphabet[held >> count & mask]);
        held &= (1u << count) - 1;
        written++;
    }
    for (; base->group != 0 && written % base->group != 0; written++) {
        luaL_addchar(&out, '=');
    }
    luaL_pushresult(&out);
    return 1;
}

/* The value of a character; -1 if it is not in the alphabet. */
static int value_of(const struct base *base, char c)
{
    static const char typed[] = "018";
    static const char meant[] = "OLB";
    const char *at = NULL;

    if (base->folds && c >= 'a' && c <= 'z') {
        c = (char)(c - 'a' + 'A');
    }
    at = c == '\0' ? NULL : strchr(typed, c);
    if (base->folds && at != NULL) {
        c = meant[at - typed];
    }
    at = c == '\0' ? NULL : strchr(base->alphabet, c);
    return at == NULL ? -1 : (int)(at - base->alphabet);
}

static bool is_skipped(const struct base *base, char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' ||
           (c == '-' && base->folds);
}

static int decode(lua_State *L, const struct base *base)
{
    size_t size = 0;
    const char *text = luaL_checklstring(L, 1, &size);
    unsigned held = 0;
    unsigned count = 0;
    bool padded = false;
    luaL_Buffer out;

    luaL_buffinit(L, &out);
    for (size_t i = 0; i < size; i++) {
        int value = value_of(base, text[i]);
        if (is_skipped(base, text[i])) {
            continue;
        }
        padded = padded || text[i] == '=';
        if (text[i] != '=' && (value < 0 || padded)) {
            lua_pushliteral(L, "");
            return 1;
        }
        if (padded) {
            continue;
        }
        held = held << base->bits | (unsigned)value;
        count += base->bits;
        if (count >= 8) {
            count -= 8;
            luaL_addchar(&out, (char)(unsigned char)(held >> count & 0xFFu));
            held &= (1u << count) - 1;
        }
    }
    luaL_pushresult(&out);
    return 1;
}

int weft__lua_to_base64(lua_State *L)
{
    return encode(L, &base64);
}

int weft__lua_from_base64(lua_State *L)
{
    return decode(L, &base64);
}

int weft__lua_to_base32(lua_State *L)
{
    return encode(L, &base32);
}

int weft__lua_from_base32(lua_State *L)
{
    return decode(L, &base32);
}
