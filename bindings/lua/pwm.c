/* pwm.c - pulse width outputs, for scripts
 * SPDX-License-Identifier: MIT
 *
 * Two ways, as in LuatOS: open and close; or setup, start, setDuty, setFreq
 * and stop, where setup only says what start will do.
 *
 * Context: the machine's loop, inside a call from a script.
 */
#include "bindings/lua/device.h"

enum { CHANNELS = 32, HERTZ_MAX = 1000000000 };

struct channel {
    unsigned hertz;
    unsigned duty;
    unsigned precision; /* 0: neither open nor set up */
    bool runs;
};

static struct channel *channel_at(lua_State *L, unsigned *number)
{
    struct weft_lua *m = weft__lua_machine(L);
    struct channel *channels = m->slot[WEFT__LUA_PWM];

    *number = weft__lua_check_number(L, 1, CHANNELS - 1, "channel");
    return &channels[*number];
}

static struct channel *set_up_channel(lua_State *L, unsigned *number)
{
    struct channel *channel = channel_at(L, number);

    if (channel->precision == 0) {
        luaL_argerror(L, 1, "call pwm.setup first");
    }
    return channel;
}

static unsigned check_duty(lua_State *L, int arg, unsigned precision)
{
    lua_Number duty = luaL_optnumber(L, arg, 0);

    if (!(duty >= 0 && duty <= precision)) {
        lua_pushfstring(L, "duty is 0 to %d", (int)precision);
        luaL_argerror(L, arg, lua_tostring(L, -1));
    }
    return (unsigned)duty;
}

static unsigned check_hertz(lua_State *L, int arg)
{
    unsigned hertz = weft__lua_check_number(L, arg, HERTZ_MAX, "frequency");

    luaL_argcheck(L, hertz > 0, arg, "frequency is 1 Hz or more");
    return hertz;
}

/* The arguments of open and setup: channel, hertz, duty, count of pulses,
 * precision. */
static struct channel check_channel(lua_State *L)
{
    lua_Integer precision = luaL_optinteger(L, 5, 100);

    luaL_argcheck(L, precision == 100 || precision == 256 || precision == 1000,
                  5, "precision is 100, 256 or 1000");
    luaL_argcheck(L, luaL_optinteger(L, 4, 0) == 0, 4,
                  "only 0, pulses without end, is possible here");
    return (struct channel){
        .hertz = check_hertz(L, 2),
        .duty = check_duty(L, 3, (unsigned)precision),
        .precision = (unsigned)precision,
    };
}

/* Makes the board do what the channel says. False: it cannot. */
static bool start(lua_State *L, struct channel *channel, unsigned number)
{
    weft_board_t *board = weft__lua_board(L, weft__lua_machine(L));
    int rc = WEFT_ERR_UNSUPPORTED;

    if (board->ops->pwm_open != NULL) {
        rc = board->ops->pwm_open(board, number, channel->hertz, channel->duty,
                                  channel->precision);
    }
    channel->runs = weft__lua_check_done(L, rc, 1, "pwm");
    return channel->runs;
}

static void stop(lua_State *L, struct channel *channel, unsigned number)
{
    weft_board_t *board = weft__lua_board(L, weft__lua_machine(L));

    *channel = (struct channel){0};
    if (board->ops->pwm_close != NULL) {
        (void)weft__lua_check_done(L, board->ops->pwm_close(board, number), 1,
                                   "pwm");
    }
}

static int l_open(lua_State *L)
{
    unsigned number = 0;
    struct channel *channel = channel_at(L, &number);
    struct channel wanted = check_channel(L);
    bool opened = start(L, &wanted, number);

    if (opened) {
        *channel = wanted;
    }
    lua_pushboolean(L, opened);
    return 1;
}

static int l_close(lua_State *L)
{
    unsigned number = 0;
    struct channel *channel = channel_at(L, &number);

    stop(L, channel, number);
    return 0;
}

static int l_setup(lua_State *L)
{
    unsigned number = 0;
    struct channel *channel = channel_at(L, &number);
    bool runs = channel->runs;

    *channel = check_channel(L);
    channel->runs = runs;
    lua_pushboolean(L, true);
    return 1;
}

static int l_start(lua_State *L)
{
    unsigned number = 0;
    struct channel *channel = set_up_channel(L, &number);

    lua_pushboolean(L, start(L, channel, number));
    return 1;
}

static int l_stop(lua_State *L)
{
    unsigned number = 0;
    struct channel *channel = set_up_channel(L, &number);

    stop(L, channel, number);
    lua_pushboolean(L, true);
    return 1;
}

static int change(lua_State *L, struct channel *channel, unsigned number)
{
    lua_pushboolean(L, !channel->runs || start(L, channel, number));
    return 1;
}

static int l_set_duty(lua_State *L)
{
    unsigned number = 0;
    struct channel *channel = set_up_channel(L, &number);

    channel->duty = check_duty(L, 2, channel->precision);
    return change(L, channel, number);
}

static int l_set_frequency(lua_State *L)
{
    unsigned number = 0;
    struct channel *channel = set_up_channel(L, &number);

    channel->hertz = check_hertz(L, 2);
    return change(L, channel, number);
}

static const luaL_Reg functions[] = {
    {"open", l_open},
    {"close", l_close},
    {"setup", l_setup},
    {"start", l_start},
    {"stop", l_stop},
    {"setDuty", l_set_duty},
    {"setFreq", l_set_frequency},
    {NULL, NULL},
};

int weft__lua_open_pwm(lua_State *L)
{
    static const char key = 'p'; /* its address is the registry's key */
    struct weft_lua *m = lua_touserdata(L, 1);
    struct channel *channels =
        lua_newuserdatauv(L, CHANNELS * sizeof(struct channel), 0);

    for (unsigned i = 0; i < CHANNELS; i++) {
        channels[i] = (struct channel){0};
    }
    m->slot[WEFT__LUA_PWM] = channels;
    lua_rawsetp(L, LUA_REGISTRYINDEX, &key);
    lua_newtable(L);
    weft__lua_setfuncs(L, m, functions);
    return 1;
}
