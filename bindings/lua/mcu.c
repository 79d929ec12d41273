/* mcu.c - the clock of the chip, for scripts
 * SPDX-License-Identifier: MIT
 *
 * A tick is a millisecond of the machine's clock since it (re)started;
 * tick64 counts microseconds.
 *
 * Context: the machine's loop, inside a call from a script.
 */
#include <stdio.h>
#include <string.h>

#include "bindings/lua/machine.h"

enum { HERTZ = 1000, MEGAHERTZ = 1 };

static lua_Integer ticks(lua_State *L)
{
    return (lua_Integer)(weft__lua_elapsed_us(weft__lua_machine(L)) / 1000u);
}

static int l_ticks(lua_State *L)
{
    lua_pushinteger(L, ticks(L));
    return 1;
}

static int l_hz(lua_State *L)
{
    lua_pushinteger(L, HERTZ);
    return 1;
}

/* ticks2(mode): the time in microseconds (0), milliseconds (1) or seconds
 * (2), as millions and the rest */
static int l_ticks2(lua_State *L)
{
    static const uint64_t units[] = {1, 1000, 1000000};
    lua_Integer mode = luaL_optinteger(L, 1, 0);
    uint64_t count = weft__lua_elapsed_us(weft__lua_machine(L));

    luaL_argcheck(L, mode >= 0 && mode <= 2, 1, "mode is 0, 1 or 2");
    count /= units[mode];
    lua_pushinteger(L, (lua_Integer)(count / 1000000u));
    lua_pushinteger(L, (lua_Integer)(count % 1000000u));
    return 2;
}

/* tick64() -> eight bytes, ticks in a microsecond */
static int l_tick64(lua_State *L)
{
    uint64_t us = weft__lua_elapsed_us(weft__lua_machine(L));
    char bytes[sizeof(us)];

    memcpy(bytes, &us, sizeof(us));
    lua_pushlstring(L, bytes, sizeof(bytes));
    lua_pushinteger(L, MEGAHERTZ);
    return 2;
}

static int64_t check_tick64(lua_State *L, int index)
{
    size_t size = 0;
    const char *bytes = luaL_checklstring(L, index, &size);
    int64_t value = 0;

    luaL_argcheck(L, size >= sizeof(value), index,
                  "8 bytes of tick64 expected");
    memcpy(&value, bytes, sizeof(value));
    return value;
}

/* dtick64(a, b, least) -> whether a - b is at least that, a - b */
static int l_dtick64(lua_State *L)
{
    uint64_t later = (uint64_t)check_tick64(L, 1);
    uint64_t earlier = (uint64_t)check_tick64(L, 2);
    lua_Integer span = (lua_Integer)(later - earlier);

    lua_pushboolean(L, span >= luaL_optinteger(L, 3, 0));
    lua_pushinteger(L, span);
    return 2;
}

/* No serial number: a string without characters, as LuatOS says it. */
static int l_unique_id(lua_State *L)
{
    lua_pushliteral(L, "");
    return 1;
}

static int l_x32(lua_State *L)
{
    char text[16];
    int size = snprintf(text, sizeof(text), "0x%08x",
                        (unsigned)luaL_checkinteger(L, 1));

    lua_pushlstring(L, text, (size_t)size);
    return 1;
}

/* The clock of a host cannot be chosen. */
static int l_set_clock(lua_State *L)
{
    (void)luaL_checkinteger(L, 1);
    lua_pushboolean(L, false);
    return 1;
}

static int l_get_clock(lua_State *L)
{
    lua_pushinteger(L, -1);
    return 1;
}

/* What a crash does and which pin serves what is a chip's: accepted, and
 * nothing changes. */
static int l_nothing(lua_State *L)
{
    (void)luaL_checkinteger(L, 1);
    return 0;
}

/* For altfun and iomux. */
static const char *const peripherals[] = {"UART", "I2C", "SPI",
                                          "PWM",  "CAN", "GPIO"};

static const luaL_Reg functions[] = {
    {"ticks", l_ticks},
    {"ticks2", l_ticks2},
    {"hz", l_hz},
    {"tick64", l_tick64},
    {"dtick64", l_dtick64},
    {"unique_id", l_unique_id},
    {"x32", l_x32},
    {"setClk", l_set_clock},
    {"getClk", l_get_clock},
    {"hardfault", l_nothing},
    {"iomux", l_nothing},
    {"altfun", l_nothing},
    {NULL, NULL},
};

int weft__lua_open_mcu(lua_State *L)
{
    int count = (int)(sizeof(peripherals) / sizeof(peripherals[0]));

    lua_newtable(L);
    weft__lua_setfuncs(L, lua_touserdata(L, 1), functions);
    for (int i = 0; i < count; i++) {
        lua_pushinteger(L, i);
        lua_setfield(L, -2, peripherals[i]);
    }
    return 1;
}
