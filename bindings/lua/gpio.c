/* gpio.c - pins, for scripts
 * SPDX-License-Identifier: MIT
 *
 *     local led = gpio.setup(27, 0)          -- output, low; led(1) sets it
 *     local key = gpio.setup(0, nil, gpio.PULLUP)    -- input; key() reads
 *     gpio.setup(0, function(level, pin) ... end, gpio.PULLUP, gpio.FALLING)
 *
 * Edges and their callbacks are in gpio_watch.c.
 *
 * Context: the machine's loop, inside a call from a script.
 */
#include "bindings/lua/gpio_watch.h"

/* Values as LuatOS has them: scripts write them as numbers too. */
enum { PIN_MAX = 254, PULL_MAX = 2, DEBOUNCE_MAX_MS = 65535 };
enum { RISING, FALLING, BOTH, HIGH_IRQ, LOW_IRQ };

static const struct {
    const char *name;
    int value;
} constants[] = {
    {"NONE", 255},          {"LOW", 0},           {"HIGH", 1},
    {"OUTPUT", 0},          {"PULLUP", 1},        {"PULLDOWN", 2},
    {"RISING", RISING},     {"FALLING", FALLING}, {"BOTH", BOTH},
    {"HIGH_IRQ", HIGH_IRQ}, {"LOW_IRQ", LOW_IRQ},
};

/* The pull that setup uses where none is given; per machine. */
static const char pull_key = 'p'; /* its address is the registry's key */

static lua_Integer default_pull(lua_State *L)
{
    (void)lua_rawgetp(L, LUA_REGISTRYINDEX, &pull_key);
    lua_Integer pull = lua_tointeger(L, -1);
    lua_pop(L, 1);
    return pull;
}

static unsigned check_pin(lua_State *L, int arg)
{
    return weft__lua_check_number(L, arg, PIN_MAX, "pin");
}

static unsigned check_level(lua_State *L, int arg)
{
    return weft__lua_check_number(L, arg, 1, "level");
}

static enum weft_pin_pull check_pull(lua_State *L, int arg)
{
    if (lua_isnoneornil(L, arg)) {
        return (enum weft_pin_pull)default_pull(L);
    }
    return (enum weft_pin_pull)weft__lua_check_number(L, arg, PULL_MAX, "pull");
}

/* A watch for a level is one for the edge that leads to it. */
static enum weft_pin_edge check_edge(lua_State *L, int arg)
{
    static const enum weft_pin_edge edges[] = {
        [RISING] = WEFT_EDGE_RISING,   [FALLING] = WEFT_EDGE_FALLING,
        [BOTH] = WEFT_EDGE_BOTH,       [HIGH_IRQ] = WEFT_EDGE_RISING,
        [LOW_IRQ] = WEFT_EDGE_FALLING,
    };

    if (lua_isnoneornil(L, arg)) {
        return WEFT_EDGE_BOTH;
    }
    return edges[weft__lua_check_number(L, arg, LOW_IRQ, "edge")];
}

/* As check_done, for what every board can do: failing is always an error. */
static void done(lua_State *L, int rc)
{
    if (!weft__lua_check_done(L, rc, 1, "gpio")) {
        luaL_error(L, "gpio: %s", weft_error_text(rc));
    }
}

static void write_pin(lua_State *L, unsigned pin, unsigned level)
{
    weft_board_t *board = weft__lua_board(L, weft__lua_machine(L));

    done(L, board->ops->pin_write == NULL
                ? WEFT_ERR_UNSUPPORTED
                : board->ops->pin_write(board, pin, (int)level));
}

static unsigned read_pin(lua_State *L, unsigned pin)
{
    weft_board_t *board = weft__lua_board(L, weft__lua_machine(L));
    int level = board->ops->pin_read == NULL ? WEFT_ERR_UNSUPPORTED
                                             : board->ops->pin_read(board, pin);

    done(L, level);
    return level > 0;
}

/* --- what setup returns: functions that know their pin (upvalue 2) ------- */

static int l_setter(lua_State *L)
{
    write_pin(L, (unsigned)lua_tointeger(L, lua_upvalueindex(2)),
              check_level(L, 1));
    return 0;
}

static int l_getter(lua_State *L)
{
    unsigned pin = (unsigned)lua_tointeger(L, lua_upvalueindex(2));

    lua_pushinteger(L, (lua_Integer)read_pin(L, pin));
    return 1;
}

static void push_for_pin(lua_State *L, lua_CFunction function)
{
    lua_pushlightuserdata(L, weft__lua_machine(L));
    lua_pushvalue(L, 1);
    lua_pushcclosure(L, function, 2);
}

/* --- setup --------------------------------------------------------------- */

static int l_count(lua_State *L);

static void set_pin(lua_State *L, unsigned pin, enum weft_pin_mode mode,
                    enum weft_pin_pull pull, unsigned level)
{
    weft_board_t *board = weft__lua_board(L, weft__lua_machine(L));

    done(L, board->ops->pin_setup == NULL
                ? WEFT_ERR_UNSUPPORTED
                : board->ops->pin_setup(board, pin, mode, pull, (int)level));
}

static void end_watch(lua_State *L, unsigned pin)
{
    struct weft__lua_watch *watch =
        weft__lua_watch_find(weft__lua_machine(L), pin);

    if (watch != NULL) {
        weft__lua_watch_stop(L, watch);
    }
}

static struct weft__lua_watch *make_watch(lua_State *L, unsigned pin)
{
    struct weft__lua_watch *watch =
        weft__lua_watch_make(weft__lua_machine(L), pin);

    if (watch == NULL) {
        luaL_error(L, "not enough memory");
    }
    return watch;
}

static int setup_watch(lua_State *L, unsigned pin)
{
    enum weft_pin_pull pull = check_pull(L, 3);
    enum weft_pin_edge edge = check_edge(L, 4);
    int callback = lua_tocfunction(L, 2) == l_count ? 0 : 2;

    set_pin(L, pin, WEFT_PIN_INPUT, pull, 0);
    done(L, weft__lua_watch_start(L, make_watch(L, pin), edge, callback));
    push_for_pin(L, l_getter);
    return 1;
}

/* setup(pin, level | nil | function | gpio.count, pull, edge) -> a function
 * that sets an output or reads an input */
static int l_setup(lua_State *L)
{
    unsigned pin = check_pin(L, 1);

    if (lua_isfunction(L, 2)) {
        return setup_watch(L, pin);
    }
    if (lua_isnoneornil(L, 2)) {
        set_pin(L, pin, WEFT_PIN_INPUT, check_pull(L, 3), 0);
        end_watch(L, pin);
        push_for_pin(L, l_getter);
        return 1;
    }
    if (lua_type(L, 2) != LUA_TNUMBER) {
        return luaL_argerror(L, 2, "level, function or nil expected");
    }
    set_pin(L, pin, WEFT_PIN_OUTPUT, check_pull(L, 3), check_level(L, 2));
    end_watch(L, pin);
    push_for_pin(L, l_setter);
    return 1;
}

/* --- the others ---------------------------------------------------------- */

static int l_set(lua_State *L)
{
    unsigned pin = check_pin(L, 1);

    write_pin(L, pin, check_level(L, 2));
    return 0;
}

static int l_get(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)read_pin(L, check_pin(L, 1)));
    return 1;
}

static int l_toggle(lua_State *L)
{
    unsigned pin = check_pin(L, 1);

    write_pin(L, pin, !read_pin(L, pin));
    return 0;
}

static int l_close(lua_State *L)
{
    weft_board_t *board = weft__lua_board(L, weft__lua_machine(L));
    unsigned pin = check_pin(L, 1);

    end_watch(L, pin);
    if (board->ops->pin_close != NULL) {
        done(L, board->ops->pin_close(board, pin));
    }
    return 0;
}

/* debounce(pin, ms, mode): 0 tells at once and is then deaf for ms, 1 tells
 * what stayed for ms */
static int l_debounce(lua_State *L)
{
    unsigned pin = check_pin(L, 1);
    unsigned ms = weft__lua_check_number(L, 2, DEBOUNCE_MAX_MS, "time in ms");
    unsigned mode = WEFT__LUA_COOLS;

    if (!lua_isnoneornil(L, 3)) {
        mode = weft__lua_check_number(L, 3, WEFT__LUA_SETTLES, "mode");
    }
    (void)read_pin(L, pin);
    weft__lua_watch_debounce(make_watch(L, pin), ms,
                             (enum weft__lua_debounce)mode);
    return 0;
}

/* count(pin): edges since the last call */
static int l_count(lua_State *L)
{
    struct weft__lua_watch *watch =
        weft__lua_watch_find(weft__lua_machine(L), check_pin(L, 1));

    lua_pushinteger(
        L, (lua_Integer)(watch == NULL ? 0 : weft__lua_watch_count(watch)));
    return 1;
}

static int l_set_default_pull(lua_State *L)
{
    lua_Integer pull = luaL_checkinteger(L, 1);
    bool valid = pull >= 0 && pull <= PULL_MAX;

    if (valid) {
        lua_pushinteger(L, pull);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &pull_key);
    }
    lua_pushboolean(L, valid);
    return 1;
}

static const luaL_Reg functions[] = {
    {"setup", l_setup}, {"set", l_set},
    {"get", l_get},     {"toggle", l_toggle},
    {"close", l_close}, {"debounce", l_debounce},
    {"count", l_count}, {"setDefaultPull", l_set_default_pull},
    {NULL, NULL},
};

int weft__lua_open_gpio(lua_State *L)
{
    lua_newtable(L);
    weft__lua_setfuncs(L, lua_touserdata(L, 1), functions);
    for (size_t i = 0; i < sizeof(constants) / sizeof(constants[0]); i++) {
        lua_pushinteger(L, constants[i].value);
        lua_setfield(L, -2, constants[i].name);
    }
    return 1;
}
