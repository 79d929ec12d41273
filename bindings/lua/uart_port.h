/* uart_port.h - a serial port of a script: buffers, events, callbacks
 * SPDX-License-Identifier: MIT
 *
 * Context: the machine's loop.
 */
#ifndef WEFT_LUA_UART_PORT_H
#define WEFT_LUA_UART_PORT_H

#include "bindings/lua/device.h"

/* Lives as long as the machine's state. */
struct weft__lua_port {
    weft_runnable_t entry; /* first: submitted while queued */
    struct weft__lua_port *next;
    struct weft_lua *m;
    unsigned id;
    uint8_t queued;   /* atomic */
    uint8_t received; /* atomic: there may be something to read */
    uint8_t sent;     /* atomic: what the board took has left */
    bool open;
    int on_receive;
    int on_sent;
    char *in; /* taken from the board, not yet read by the script */
    size_t in_size;
    size_t in_used;
    char *out; /* written by the script, not yet taken by the board */
    size_t out_size;
    size_t out_used;
};

/* The port's record, or NULL. make: made where there is none; NULL: memory. */
struct weft__lua_port *weft__lua_port_find(const struct weft_lua *m,
                                           unsigned id);
struct weft__lua_port *weft__lua_port_make(struct weft_lua *m, unsigned id);

/* Opens, or opens again; room: of the buffer that the script reads from. What
 * the board gave, or WEFT_ERR_MEMORY. */
int weft__lua_port_open(struct weft__lua_port *port, unsigned baud,
                        size_t room);
void weft__lua_port_close(struct weft__lua_port *port);

/* Takes all of data or none: WEFT_ERR_MEMORY, or the board's error. */
int weft__lua_port_write(struct weft__lua_port *port, const char *data,
                         size_t size);

/* How many bytes are at port->in. */
size_t weft__lua_port_available(struct weft__lua_port *port);
/* The script has the first size of them. */
void weft__lua_port_drop(struct weft__lua_port *port, size_t size);

/* Has the receive callback called soon, if there is something to read. */
void weft__lua_port_look(struct weft__lua_port *port);

#endif
