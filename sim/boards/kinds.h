/* kinds.h - the boards there are; a new one is a file and a line in kinds.c
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_SIM_KINDS_H
#define WEFT_SIM_KINDS_H

#include "weft/sim_board.h"

extern const weft_sim_kind_t weft__board_generic;
extern const weft_sim_kind_t weft__board_mini;

#endif
