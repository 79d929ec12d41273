# CHIP: see docs/porting.md
PORT := CHIP
PORT_SRC = $(call find,ports/CHIP ports/common)
#error "fill in: board"
