# CHIP: see docs/porting.md
# SPDX-License-Identifier: MIT
PORT := CHIP
PORT_SRC = $(call find,ports/CHIP) $(addprefix ports/common/,board_panic.c \
	console.c no_levels.c no_points.c no_stacks.c one_core.c say.c)
#error "fill in: board"
