/* room.c - cortex_m: a core's memory for itself as a waiter
 * SPDX-License-Identifier: MIT
 *
 * Alone in its file: where nobody waits outside of tasks it costs no RAM.
 */
#include <stddef.h>
#include <string.h>

#include "ports/cortex_m/cortex_m.h"

static _Alignas(8) unsigned char rooms[WEFT_CORES][160];

void *weft_port_thread_room(size_t size)
{
    return size <= sizeof(rooms[0]) ? rooms[WEFT__THIS_CORE()] : NULL;
}

void weft__room_clear(void)
{
    memset(rooms[WEFT__THIS_CORE()], 0, sizeof(rooms[0]));
}
