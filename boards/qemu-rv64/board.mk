# qemu-rv64: QEMU's machine "virt", 64 bits; for the rest as qemu-rv32
# SPDX-License-Identifier: MIT
include boards/qemu-rv32/board.mk
CPU_FLAGS := -march=rv64imac -mabi=lp64 -misa-spec=2.2 -mcmodel=medany
LINK_SCRIPT := boards/qemu-rv32/link.ld
BITS := 64
TEST_CORES := 2
# PMP at each switch; the measured boards are the 32-bit ones.
BOARD_DEFINES += -DWEFT_STACK_LIMIT=1
