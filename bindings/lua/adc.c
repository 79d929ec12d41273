/* adc.c - analog inputs, for scripts
 * SPDX-License-Identifier: MIT
 *
 * Context: the machine's loop, inside a call from a script.
 */
#include "bindings/lua/device.h"

/* LuatOS's channels inside the chip: temperature and supply. */
enum { CHANNEL_CPU = -1, CHANNEL_VBAT = -2, CHANNEL_MAX = 255 };

/* The channel that argument 1 names; false: one inside the chip, which a
 * board does not have. */
static bool check_channel(lua_State *L, unsigned *channel)
{
    lua_Integer number = luaL_checkinteger(L, 1);

    if (number == CHANNEL_CPU || number == CHANNEL_VBAT) {
        return false;
    }
    *channel = weft__lua_check_number(L, 1, CHANNEL_MAX, "channel");
    return true;
}

static int l_open(lua_State *L)
{
    weft_board_t *board = weft__lua_board(L, weft__lua_machine(L));
    unsigned channel = 0;
    int rc = WEFT_ERR_UNSUPPORTED;

    if (check_channel(L, &channel) && board->ops->adc_open != NULL) {
        rc = board->ops->adc_open(board, channel);
    }
    lua_pushboolean(L, weft__lua_check_done(L, rc, 1, "adc"));
    return 1;
}

static bool read_channel(lua_State *L, int *raw, int *millivolts)
{
    weft_board_t *board = weft__lua_board(L, weft__lua_machine(L));
    unsigned channel = 0;
    int rc = WEFT_ERR_UNSUPPORTED;

    if (check_channel(L, &channel) && board->ops->adc_read != NULL) {
        rc = board->ops->adc_read(board, channel, raw, millivolts);
    }
    return weft__lua_check_done(L, rc, 1, "open adc");
}

/* read(channel) -> raw value, millivolts; 255 from one that is not there */
static int l_read(lua_State *L)
{
    int raw = 0;
    int millivolts = 0;

    if (!read_channel(L, &raw, &millivolts)) {
        lua_pushinteger(L, 255);
        return 1;
    }
    lua_pushinteger(L, raw);
    lua_pushinteger(L, millivolts);
    return 2;
}

/* get(channel) -> millivolts; -1 from one that is not there */
static int l_get(lua_State *L)
{
    int raw = 0;
    int millivolts = 0;

    lua_pushinteger(L, read_channel(L, &raw, &millivolts) ? millivolts : -1);
    return 1;
}

static int l_close(lua_State *L)
{
    weft_board_t *board = weft__lua_board(L, weft__lua_machine(L));
    unsigned channel = 0;

    if (check_channel(L, &channel) && board->ops->adc_close != NULL) {
        (void)weft__lua_check_done(L, board->ops->adc_close(board, channel), 1,
                                   "adc");
    }
    return 0;
}

/* The range is the board's own. */
static int l_set_range(lua_State *L)
{
    (void)luaL_checkinteger(L, 1);
    return 0;
}

static const luaL_Reg functions[] = {
    {"open", l_open},   {"read", l_read},          {"get", l_get},
    {"close", l_close}, {"setRange", l_set_range}, {NULL, NULL},
};

static const struct {
    const char *name;
    int value;
} constants[] = {
    {"ADC_RANGE_3_6", 1},
    {"ADC_RANGE_1_8", 0},
    {"ADC_RANGE_3_8", 1},
    {"ADC_RANGE_1_2", 0},
    {"ADC_RANGE_MAX", 1},
    {"ADC_RANGE_MIN", 0},
    {"CH_CPU", CHANNEL_CPU},
    {"CH_VBAT", CHANNEL_VBAT},
    {"T1", 16},
    {"T2", 32},
};

int weft__lua_open_adc(lua_State *L)
{
    lua_newtable(L);
    weft__lua_setfuncs(L, lua_touserdata(L, 1), functions);
    for (size_t i = 0; i < sizeof(constants) / sizeof(constants[0]); i++) {
        lua_pushinteger(L, constants[i].value);
        lua_setfield(L, -2, constants[i].name);
    }
    return 1;
}
