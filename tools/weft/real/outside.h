/* outside.h - what comes from outside of the loop: signals, keys, terminals
 * SPDX-License-Identifier: MIT
 *
 * One thread waits for all of it and posts to the loop.
 */
#ifndef WEFT_TOOL_OUTSIDE_H
#define WEFT_TOOL_OUTSIDE_H

#include <stdbool.h>

struct run;
struct machine;

void outside_begin(struct run *run);
void outside_end(void);
bool outside_reads_keys(void);
int outside_attach_pty(struct machine *machine, unsigned port);

#endif
