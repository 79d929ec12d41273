/* uart_source.c - another end of a uart that sends given bytes
 * SPDX-License-Identifier: MIT
 */
#include "sim/devices/devices.h"

enum { PIECE_MAX = 64, BITS_A_BYTE = 10 };

/* Up to the end of the line, so that a script that reads what has come gets
   lines, but never more than a fifo's worth. */
static size_t next_piece(const weft_sim_uart_source_t *source)
{
    size_t size = 0;

    while (size < PIECE_MAX && source->at + size < source->size) {
        if (source->data[source->at + size++] == '\n') {
            break;
        }
    }
    return size;
}

static void start_piece(void *ctx)
{
    weft_sim_uart_source_t *source = ctx;
    unsigned baud = weft_sim_uart_baud(source->board, source->port);
    uint64_t bits = (uint64_t)next_piece(source) * BITS_A_BYTE;

    if (baud != 0 && !weft_timer_active(&source->timer)) {
        weft_timer_start(&source->timer,
                         weft_deadline((bits * WEFT_S(1) + baud - 1) / baud));
    }
}

static void on_arrival(weft_timer_t *timer, void *ctx)
{
    weft_sim_uart_source_t *source = ctx;
    size_t size = next_piece(source);
    size_t taken;

    (void)timer;
    if (size == 0) {
        weft_sim_uart_hangup(source->board, source->port);
        return;
    }
    taken = weft_sim_uart_receive(source->board, source->port,
                                  source->data + source->at, size);
    source->at += taken;
    if (taken == size) { /* else the port says when there is room */
        start_piece(source);
    }
}

static void on_sent(void *ctx, const void *data, size_t size)
{
    weft_sim_uart_source_t *source = ctx;

    if (source->sent != NULL) {
        source->sent(source->ctx, data, size);
    }
}

int weft_sim_uart_source_attach(weft_sim_uart_source_t *source,
                                weft_sim_board_t *board, unsigned port,
                                const void *data, size_t size)
{
    weft_sim_uart_end_t end = {on_sent, start_piece, source};

    source->board = board;
    source->port = port;
    source->data = data;
    source->size = size;
    source->at = 0;
    weft_timer_init(&source->timer, board->loop, on_arrival, source);
    return weft_sim_uart_attach(board, port, &end);
}

void weft_sim_uart_source_stop(weft_sim_uart_source_t *source)
{
    (void)weft_timer_stop(&source->timer);
}
