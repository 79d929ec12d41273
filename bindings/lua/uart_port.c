/* uart_port.c - bytes on their way between a board's uart and a script
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "bindings/lua/uart_port.h"
#include "weft/base/atomic.h"

/* --- the board's side: any thread or interrupt --------------------------- */

static void queue(struct weft__lua_port *port)
{
    if (weft_atomic_exchange_acq_rel_u8(&port->queued, 1) == 0) {
        weft__lua_submit(port->m, &port->entry);
    }
}

static void on_event(void *ctx, unsigned id, enum weft_uart_event event)
{
    struct weft__lua_port *port = ctx;

    (void)id;
    switch (event) {
    case WEFT_UART_RECEIVED:
        weft_atomic_store_release_u8(&port->received, 1);
        break;
    case WEFT_UART_SENT: weft_atomic_store_release_u8(&port->sent, 1); break;
    case WEFT_UART_CLOSED:
        break; /* the machine looks whether it is at its end */
    }
    queue(port);
}

void weft__lua_port_look(struct weft__lua_port *port)
{
    weft_atomic_store_release_u8(&port->received, 1);
    queue(port);
}

/* --- in ------------------------------------------------------------------ */

size_t weft__lua_port_available(struct weft__lua_port *port)
{
    weft_board_t *board = port->m->config.board;
    int count = 0;

    if (port->open && board->ops->uart_read != NULL) {
        count = board->ops->uart_read(board, port->id, port->in + port->in_used,
                                      port->in_size - port->in_used);
    }
    if (count > 0) {
        port->in_used += (size_t)count;
    }
    return port->in_used;
}

void weft__lua_port_drop(struct weft__lua_port *port, size_t size)
{
    port->in_used -= size;
    memmove(port->in, port->in + size, port->in_used);
}

/* size -1: the callback is not told one. */
static void call(struct weft__lua_port *port, int callback, lua_Integer size)
{
    lua_State *L = weft__lua_base(port->m);
    char what[32];

    (void)snprintf(what, sizeof(what), "callback of uart %u", port->id);
    lua_rawgeti(L, LUA_REGISTRYINDEX, callback);
    lua_pushinteger(L, (lua_Integer)port->id);
    lua_pushinteger(L, size);
    if (size < 0) {
        lua_pop(L, 1);
    }
    (void)weft__lua_call(port->m, L, size < 0 ? 1 : 2, what);
}

/* More may have come than the buffer holds: then there is another call, but
 * only if this one made room. */
static void tell_received(struct weft__lua_port *port)
{
    size_t size = weft__lua_port_available(port);

    if (size == 0 || port->on_receive == LUA_NOREF) {
        return;
    }
    call(port, port->on_receive, (lua_Integer)size);
    if (port->open && port->in_used < size) {
        size_t left = port->in_used;
        if (weft__lua_port_available(port) > left) {
            weft__lua_port_look(port);
        }
    }
}

/* --- out ----------------------------------------------------------------- */

/* Hands the board what it takes: how many bytes, or its error. */
static int hand_over(struct weft__lua_port *port, const char *data, size_t size)
{
    weft_board_t *board = port->m->config.board;

    if (board->ops->uart_write == NULL) {
        return WEFT_ERR_UNSUPPORTED;
    }
    return board->ops->uart_write(board, port->id, data, size);
}

static bool make_room(struct weft__lua_port *port, size_t size)
{
    size_t wanted = port->out_size > 0 ? port->out_size : 1024;

    while (wanted - port->out_used < size) {
        wanted *= 2;
    }
    if (wanted > port->out_size) {
        char *out = weft__lua_alloc(port->m, port->out, port->out_size, wanted);
        if (out == NULL) {
            return false;
        }
        port->out = out;
        port->out_size = wanted;
    }
    return true;
}

int weft__lua_port_write(struct weft__lua_port *port, const char *data,
                         size_t size)
{
    int taken = 0;

    if (size == 0) {
        return 0;
    }
    if (!make_room(port, size)) {
        return WEFT_ERR_MEMORY;
    }
    if (port->out_used == 0) {
        taken = hand_over(port, data, size);
        if (taken < 0) {
            return taken;
        }
    }
    size -= (size_t)taken;
    memcpy(port->out + port->out_used, data + taken, size);
    port->out_used += size;
    return 0;
}

/* The board has room again; when nothing is left the script hears of it. */
static void go_on_sending(struct weft__lua_port *port)
{
    if (port->out_used == 0) {
        if (port->on_sent != LUA_NOREF) {
            call(port, port->on_sent, -1);
        }
        return;
    }
    int taken = hand_over(port, port->out, port->out_used);
    if (taken > 0) {
        port->out_used -= (size_t)taken;
        memmove(port->out, port->out + taken, port->out_used);
    }
}

static int run(weft_runnable_t *entry)
{
    struct weft__lua_port *port = (struct weft__lua_port *)(void *)entry;

    (void)weft_atomic_exchange_acq_rel_u8(&port->queued, 0);
    bool sent = weft_atomic_exchange_acq_rel_u8(&port->sent, 0) != 0;
    bool received = weft_atomic_exchange_acq_rel_u8(&port->received, 0) != 0;
    if (sent && port->open && weft__lua_alive(port->m)) {
        go_on_sending(port);
    }
    if (received && port->open && weft__lua_alive(port->m)) {
        tell_received(port);
    }
    return 0;
}

/* --- records ------------------------------------------------------------- */

struct weft__lua_port *weft__lua_port_find(const struct weft_lua *m,
                                           unsigned id)
{
    struct weft__lua_port *port = m->slot[WEFT__LUA_UART];

    while (port != NULL && port->id != id) {
        port = port->next;
    }
    return port;
}

struct weft__lua_port *weft__lua_port_make(struct weft_lua *m, unsigned id)
{
    struct weft__lua_port *port = weft__lua_port_find(m, id);

    if (port != NULL) {
        return port;
    }
    port = weft__lua_alloc(m, NULL, 0, sizeof(*port));
    if (port != NULL) {
        *port = (struct weft__lua_port){
            .entry = {.run = run},
            .next = m->slot[WEFT__LUA_UART],
            .m = m,
            .id = id,
            .on_receive = LUA_NOREF,
            .on_sent = LUA_NOREF,
        };
        m->slot[WEFT__LUA_UART] = port;
    }
    return port;
}

static void release(struct weft__lua_port *port)
{
    (void)weft__lua_alloc(port->m, port->in, port->in_size, 0);
    (void)weft__lua_alloc(port->m, port->out, port->out_size, 0);
    port->in = port->out = NULL;
    port->in_size = port->out_size = 0;
    port->in_used = port->out_used = 0;
}

int weft__lua_port_open(struct weft__lua_port *port, unsigned baud, size_t room)
{
    weft_board_t *board = port->m->config.board;
    int rc = 0;

    weft__lua_port_close(port);
    port->in = weft__lua_alloc(port->m, NULL, 0, room);
    if (port->in == NULL) {
        return WEFT_ERR_MEMORY;
    }
    port->in_size = room;
    port->open = true;
    rc = board->ops->uart_open(board, port->id, baud, on_event, port);
    if (rc < 0) {
        port->open = false;
        release(port);
    }
    return rc;
}

void weft__lua_port_close(struct weft__lua_port *port)
{
    weft_board_t *board = port->m->config.board;

    if (port->open && board->ops->uart_close != NULL) {
        (void)board->ops->uart_close(board, port->id);
    }
    port->open = false;
    release(port);
}

/* --- the end of the machine's state -------------------------------------- */

void weft__lua_close_uart(struct weft_lua *m)
{
    for (struct weft__lua_port *port = m->slot[WEFT__LUA_UART]; port != NULL;
         port = port->next) {
        weft__lua_port_close(port);
    }
}

void weft__lua_free_uart(struct weft_lua *m)
{
    struct weft__lua_port *port = m->slot[WEFT__LUA_UART];

    while (port != NULL) {
        struct weft__lua_port *next = port->next;
        (void)weft__lua_alloc(m, port, sizeof(*port), 0);
        port = next;
    }
    m->slot[WEFT__LUA_UART] = NULL;
}
