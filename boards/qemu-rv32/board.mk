# qemu-rv32: QEMU's machine "virt", 32 bits, 1 to 4 harts
# SPDX-License-Identifier: MIT
PORT := riscv
PORT_SRC = $(call find,ports/riscv) $(addprefix ports/common/, \
	board_panic.c console.c no_points.c no_stacks.c say.c)
ARCH := riscv
CROSS := riscv64-unknown-elf-
CPU_FLAGS := -march=rv32imac -mabi=ilp32 -misa-spec=2.2 -mcmodel=medany
CORES := 4
TEST_CORES := 1 2 4
BOARD_DEFINES = -DWEFT_CORES=$(CORES) -DWEFT_CLOCK_HZ=10000000 \
	-DWEFT_PORT_INLINE=1 -DWEFT_ATOMIC_LEAST=4
BOARD_SRC = $(call find,boards/qemu-rv32) ports/common/libc_locks.c
LINK_FLAGS = -Wl,--defsym=__cores=$(CORES),--defsym=__stack_size=0x10000
# One hart runs on a clock of instructions, so that a busy host does not make
# it late; several run on threads of the host, and meet as they would.
QEMU = qemu-system-riscv$(BITS) -M virt -smp %SMP% -m 64 -bios none -nographic \
	-monitor none -serial stdio $(if $(filter 1,$(or $(SMP),1)),-icount shift=4)
BITS := 32
