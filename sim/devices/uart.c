/* uart.c - a serial port: two buffers, a baud rate, and another end
 * SPDX-License-Identifier: MIT
 *
 * What the program sends is in tx until as much time has passed as the bytes
 * take on the wire (ten bits each); then the other end has it all at once.
 */
#include <string.h>

#include "sim/devices/devices.h"

enum { BAUD_MAX = 20000000, BITS_A_BYTE = 10 };

static weft_sim_uart_t *uart_at(weft_board_t *board, unsigned port)
{
    weft_sim_board_t *sim = weft__board_sim(board);

    return port < sim->kind->uarts ? &sim->uarts[port] : NULL;
}

static unsigned number_of(const weft_sim_uart_t *uart)
{
    return (unsigned)(uart - uart->board->uarts);
}

static void tell(const weft_sim_uart_t *uart, enum weft_uart_event event)
{
    if (uart->fn != NULL) {
        uart->fn(uart->ctx, number_of(uart), event);
    }
}

static void tell_room(const weft_sim_uart_t *uart)
{
    if (uart->end.room != NULL) {
        uart->end.room(uart->end.ctx);
    }
}

/* The other end gets what was sent, then the program hears that it left. */
static void on_sent(weft_timer_t *timer, void *ctx)
{
    weft_sim_uart_t *uart = ctx;
    weft_sim_board_t *sim = uart->board;
    size_t size = uart->tx_count;

    (void)timer;
    uart->tx_count = 0;
    WEFT__BOARD_TELL(sim, uart, number_of(uart), false, uart->tx, size);
    if (uart->end.sent != NULL) {
        uart->end.sent(uart->end.ctx, uart->tx, size);
    }
    if (uart->loop) {
        (void)weft_sim_uart_receive(sim, number_of(uart), uart->tx, size);
    }
    tell(uart, WEFT_UART_SENT);
}

int weft__board_uart_open(weft_board_t *board, unsigned port, unsigned baud,
                          weft_uart_fn *fn, void *ctx)
{
    weft_sim_uart_t *uart = uart_at(board, port);

    if (uart == NULL || baud == 0 || baud > BAUD_MAX) {
        return WEFT_ERR_INVALID;
    }
    uart->baud = baud;
    uart->fn = fn;
    uart->ctx = ctx;
    uart->open = true;
    if (!uart->attached && !uart->noted) {
        uart->noted = true;
        weft__board_note(uart->board, "uart %u has nothing at its other end",
                         port);
    }
    tell_room(uart);
    if (uart->closed) {
        tell(uart, WEFT_UART_CLOSED);
    }
    return 0;
}

static uint64_t wire_us(const weft_sim_uart_t *uart, size_t size)
{
    uint64_t bits = (uint64_t)size * BITS_A_BYTE;

    return (bits * WEFT_S(1) + uart->baud - 1) / uart->baud;
}

int weft__board_uart_write(weft_board_t *board, unsigned port, const void *data,
                           size_t size)
{
    weft_sim_uart_t *uart = uart_at(board, port);
    size_t room;

    if (uart == NULL || !uart->open) {
        return WEFT_ERR_INVALID;
    }
    room = WEFT_SIM_UART_ROOM - uart->tx_count;
    size = size < room ? size : room;
    if (size > 0) {
        memcpy(uart->tx + uart->tx_count, data, size);
        uart->tx_count = (uint16_t)(uart->tx_count + size);
        if (!weft_timer_active(&uart->sender)) {
            weft_timer_start(&uart->sender,
                             weft_deadline(wire_us(uart, uart->tx_count)));
        }
    }
    return (int)size;
}

int weft__board_uart_read(weft_board_t *board, unsigned port, void *data,
                          size_t size)
{
    weft_sim_uart_t *uart = uart_at(board, port);
    uint8_t *bytes = data;
    size_t taken = 0;

    if (uart == NULL || !uart->open) {
        return WEFT_ERR_INVALID;
    }
    while (taken < size && uart->rx_count > 0) {
        bytes[taken++] = uart->rx[uart->rx_first];
        uart->rx_first = (uint16_t)((uart->rx_first + 1) % WEFT_SIM_UART_ROOM);
        uart->rx_count--;
    }
    if (taken > 0) {
        tell_room(uart);
    }
    return (int)taken;
}

static void close_port(weft_sim_uart_t *uart)
{
    (void)weft_timer_stop(&uart->sender);
    uart->open = false;
    uart->fn = NULL;
    uart->baud = 0;
    uart->rx_count = 0;
    uart->tx_count = 0;
}

int weft__board_uart_close(weft_board_t *board, unsigned port)
{
    weft_sim_uart_t *uart = uart_at(board, port);

    if (uart == NULL) {
        return WEFT_ERR_INVALID;
    }
    close_port(uart);
    return 0;
}

void weft__board_uarts_init(weft_sim_board_t *sim)
{
    for (unsigned i = 0; i < sim->kind->uarts; i++) {
        sim->uarts[i].board = sim;
        weft_timer_init(&sim->uarts[i].sender, sim->loop, on_sent,
                        &sim->uarts[i]);
    }
}

void weft__board_uarts_reset(weft_sim_board_t *sim)
{
    for (unsigned i = 0; i < sim->kind->uarts; i++) {
        close_port(&sim->uarts[i]);
    }
}

bool weft__board_uarts_can_move(const weft_sim_board_t *sim)
{
    for (unsigned i = 0; i < sim->kind->uarts; i++) {
        const weft_sim_uart_t *uart = &sim->uarts[i];
        bool can_receive = uart->attached && !uart->loop && !uart->closed;

        if (uart->open && (can_receive || uart->tx_count > 0)) {
            return true;
        }
    }
    return false;
}

/* --- the other end -------------------------------------------------------- */

int weft_sim_uart_attach(weft_sim_board_t *board, unsigned port,
                         const weft_sim_uart_end_t *end)
{
    weft_sim_uart_t *uart = uart_at(&board->board, port);

    if (uart == NULL) {
        return WEFT_ERR_INVALID;
    }
    if (uart->attached) {
        return WEFT_ERR_BUSY;
    }
    uart->attached = true;
    uart->end = *end;
    return 0;
}

int weft_sim_uart_attach_loop(weft_sim_board_t *board, unsigned port)
{
    static const weft_sim_uart_end_t none = {0};
    int rc = weft_sim_uart_attach(board, port, &none);

    if (rc == 0) {
        board->uarts[port].loop = true;
    }
    return rc;
}

size_t weft_sim_uart_receive(weft_sim_board_t *board, unsigned port,
                             const void *data, size_t size)
{
    weft_sim_uart_t *uart = uart_at(&board->board, port);
    const uint8_t *bytes = data;
    size_t taken = 0;

    if (uart == NULL || !uart->open) {
        return 0;
    }
    while (taken < size && uart->rx_count < WEFT_SIM_UART_ROOM) {
        uart->rx[(uart->rx_first + uart->rx_count) % WEFT_SIM_UART_ROOM] =
            bytes[taken++];
        uart->rx_count++;
    }
    if (taken > 0) {
        WEFT__BOARD_TELL(board, uart, port, true, data, taken);
        tell(uart, WEFT_UART_RECEIVED);
    }
    return taken;
}

void weft_sim_uart_hangup(weft_sim_board_t *board, unsigned port)
{
    weft_sim_uart_t *uart = uart_at(&board->board, port);

    if (uart != NULL && !uart->closed) {
        uart->closed = true;
        tell(uart, WEFT_UART_CLOSED);
    }
}

unsigned weft_sim_uart_baud(const weft_sim_board_t *board, unsigned port)
{
    return port < board->kind->uarts ? board->uarts[port].baud : 0;
}
