/* vcd.h - pins as a value change dump, for GTKWave
 * SPDX-License-Identifier: MIT
 *
 * One scope for each machine, in it a signal for each pin: LEDs and buttons
 * by their names, the others gpioN.
 */
#ifndef WEFT_TOOL_VCD_H
#define WEFT_TOOL_VCD_H

#include "tools/weft/sink.h"
#include "weft/sim_board.h"

#define VCD_NAME_MAX 100

struct vcd {
    struct sink sink;
    uint64_t time_us; /* private: of the last change */
};

/* Before the first change: scopes, then the levels at the start. */
void vcd_begin(struct vcd *vcd);
void vcd_scope(struct vcd *vcd, const char *name, unsigned machine,
               const weft_sim_board_t *board);
void vcd_levels_begin(struct vcd *vcd);
void vcd_levels(struct vcd *vcd, unsigned machine,
                const weft_sim_board_t *board);
void vcd_levels_end(struct vcd *vcd);

void vcd_pin(struct vcd *vcd, uint64_t time_us, unsigned machine, unsigned pin,
             int level);

/* The last point in time, then the end: 0 or errno. */
int vcd_end(struct vcd *vcd, uint64_t time_us);

#endif
