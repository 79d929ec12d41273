/* uart.c - serial ports, for scripts
 * SPDX-License-Identifier: MIT
 *
 *     uart.setup(1, 115200)
 *     uart.on(1, "receive", function(id, size)
 *         log.info("uart", uart.read(id, size))
 *     end)
 *     uart.write(1, "hello")
 *
 * What a port cannot take at once waits in memory of the machine's, and what
 * came in before there is a callback waits for it: nothing is lost. The ports
 * and their buffers are in uart_port.c.
 *
 * Context: the machine's loop, inside a call from a script.
 */
#include <string.h>

#include "bindings/lua/uart_port.h"

enum {
    PORT_MAX = 255,
    BAUD = 115200,
    BAUD_MAX = 20000000,
    ROOM = 1024,
    ROOM_MIN = 16,
    ROOM_MAX = 1 << 20,
};

static const struct {
    const char *name;
    int value;
} constants[] = {
    {"None", 0}, {"Odd", 1},  {"Even", 2}, {"NONE", 0},
    {"ODD", 1},  {"EVEN", 2}, {"LSB", 0},  {"MSB", 1},
};

static unsigned check_id(lua_State *L)
{
    return weft__lua_check_number(L, 1, PORT_MAX, "uart");
}

/* The port of argument 1, which must be open. */
static struct weft__lua_port *check_open(lua_State *L)
{
    struct weft__lua_port *port =
        weft__lua_port_find(weft__lua_machine(L), check_id(L));

    if (port == NULL || !port->open) {
        luaL_argerror(L, 1, "call uart.setup first");
    }
    return port;
}

static struct weft__lua_port *make_port(lua_State *L)
{
    struct weft__lua_port *port =
        weft__lua_port_make(weft__lua_machine(L), check_id(L));

    if (port == NULL) {
        luaL_error(L, "not enough memory");
    }
    return port;
}

static void check_format(lua_State *L)
{
    lua_Integer bits = luaL_optinteger(L, 3, 8);
    lua_Number stop = luaL_optnumber(L, 4, 1);
    lua_Integer parity = luaL_optinteger(L, 5, 0);

    luaL_argcheck(L, bits == 7 || bits == 8, 3, "data bits are 7 or 8");
    luaL_argcheck(L, stop > 0 && stop <= 2, 4, "stop bits are 0.5 to 2");
    luaL_argcheck(L, parity >= 0 && parity <= 2, 5,
                  "parity is uart.None, uart.Odd or uart.Even");
}

/* setup(id, baud, data bits, stop bits, parity, order, buffer) -> 0, or -1
 * where the board has no uarts at all */
static int l_setup(lua_State *L)
{
    weft_board_t *board = weft__lua_board(L, weft__lua_machine(L));
    lua_Integer baud = luaL_optinteger(L, 2, BAUD);
    lua_Integer room = luaL_optinteger(L, 7, ROOM);
    int rc = WEFT_ERR_UNSUPPORTED;

    luaL_argcheck(L, baud > 0 && baud <= BAUD_MAX, 2,
                  "baud rate is 1 to 20000000");
    check_format(L);
    room = room < ROOM_MIN ? ROOM_MIN : room > ROOM_MAX ? ROOM_MAX : room;
    struct weft__lua_port *port = make_port(L);
    if (board->ops->uart_open != NULL) {
        rc = weft__lua_port_open(port, (unsigned)baud, (size_t)room);
    }
    lua_pushinteger(L, weft__lua_check_done(L, rc, 1, "uart") ? 0 : -1);
    return 1;
}

/* on(id, "receive" | "recv" | "sent", function | nil) */
static int l_on(lua_State *L)
{
    static const char *const names[] = {"receive", "recv", "sent", NULL};
    int event = luaL_checkoption(L, 2, NULL, names);
    struct weft__lua_port *port = make_port(L);
    int *callback = event == 2 ? &port->on_sent : &port->on_receive;

    if (lua_isnoneornil(L, 3)) {
        weft__lua_drop(L, callback);
        return 0;
    }
    luaL_checktype(L, 3, LUA_TFUNCTION);
    weft__lua_keep(L, callback, 3);
    if (event != 2) {
        weft__lua_port_look(port);
    }
    return 0;
}

/* write(id, data, size) -> how many bytes, which is all of them */
static int l_write(lua_State *L)
{
    struct weft__lua_port *port = check_open(L);
    size_t size = 0;
    const char *data = luaL_checklstring(L, 2, &size);
    lua_Integer wanted = luaL_optinteger(L, 3, (lua_Integer)size);

    luaL_argcheck(L, wanted >= 0, 3, "size is 0 or more");
    size = (size_t)wanted < size ? (size_t)wanted : size;
    (void)weft__lua_check_done(L, weft__lua_port_write(port, data, size), 1,
                               "uart");
    lua_pushinteger(L, (lua_Integer)size);
    return 1;
}

/* read(id, size) -> at most so many bytes of those that are there; all
 * without a size */
static int l_read(lua_State *L)
{
    struct weft__lua_port *port = check_open(L);
    size_t size = weft__lua_port_available(port);

    if (!lua_isnoneornil(L, 2)) {
        lua_Integer wanted = luaL_checkinteger(L, 2);
        luaL_argcheck(L, wanted >= 0, 2, "size is 0 or more");
        size = (size_t)wanted < size ? (size_t)wanted : size;
    }
    lua_pushlstring(L, port->in, size);
    weft__lua_port_drop(port, size);
    return 1;
}

static int l_rx_size(lua_State *L)
{
    struct weft__lua_port *port = check_open(L);

    lua_pushinteger(L, (lua_Integer)weft__lua_port_available(port));
    return 1;
}

static int l_rx_clear(lua_State *L)
{
    struct weft__lua_port *port = check_open(L);
    size_t size = 0;

    while ((size = weft__lua_port_available(port)) > 0) {
        weft__lua_port_drop(port, size);
    }
    return 0;
}

static int l_close(lua_State *L)
{
    struct weft__lua_port *port =
        weft__lua_port_find(weft__lua_machine(L), check_id(L));

    if (port != NULL) {
        weft__lua_drop(L, &port->on_receive);
        weft__lua_drop(L, &port->on_sent);
        weft__lua_port_close(port);
    }
    return 0;
}

static const luaL_Reg functions[] = {
    {"setup", l_setup},      {"on", l_on},          {"write", l_write},
    {"read", l_read},        {"rxSize", l_rx_size}, {"rx_size", l_rx_size},
    {"rxClear", l_rx_clear}, {"close", l_close},    {NULL, NULL},
};

int weft__lua_open_uart(lua_State *L)
{
    lua_newtable(L);
    weft__lua_setfuncs(L, lua_touserdata(L, 1), functions);
    for (size_t i = 0; i < sizeof(constants) / sizeof(constants[0]); i++) {
        lua_pushinteger(L, constants[i].value);
        lua_setfield(L, -2, constants[i].name);
    }
    return 1;
}
