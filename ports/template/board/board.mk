# CHIP: see docs/porting.md
# SPDX-License-Identifier: MIT
PORT := CHIP
PORT_SRC = $(call find,ports/CHIP) $(addprefix ports/common/,board_panic.c \
	no_levels.c no_points.c no_stacks.c one_core.c)
BOARD_SRC = $(call find,boards/CHIP) ports/common/picolibc.c
#error "fill in: board"
