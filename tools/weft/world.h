/* world.h - what differs between weft and weft-sim: real/ and virtual/
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_TOOL_WORLD_H
#define WEFT_TOOL_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "weft/allocator.h"

struct run;
struct machine;

/* Whether time is simulated. */
extern const bool world_is_virtual;

/* Replaces this program by weft-sim with the same words. Returns only when it
 * cannot: an exit status, after one line. */
int world_become_virtual(char **words);

/* Calls program(ctx) where the loop may run: 0, or an error of the
 * simulation. */
int world_run(uint64_t seed, void (*program)(void *ctx), void *ctx);

/* Where machines get their memory; NULL: the C library. */
const weft_allocator_t *world_allocator(void);

/* Between the making of the machines and the loop: signals, keys, terminals.
 * From now on run_stop may be called from elsewhere. */
void world_begin(struct run *run);
void world_end(struct run *run);

/* Whether a keyboard presses buttons. */
bool world_reads_keys(void);

/* Connects a uart with a new pseudo terminal, and says its name: 0, or an exit
 * status after one line. Before world_begin. */
int world_attach_pty(struct machine *machine, unsigned port);

/* Real microseconds, for what people look at. */
uint64_t world_clock_us(void);

#endif
