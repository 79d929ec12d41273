# qemu-m0: the micro:bit, a Cortex-M0 (nRF51822) with 256 KB and 16 KB
# SPDX-License-Identifier: MIT
PORT := cortex_m
PORT_SRC := $(call find,ports/cortex_m) $(addprefix ports/common/, \
	board_panic.c console.c no_points.c no_stacks.c say.c)
BOARD_SRC = $(call find,boards/qemu-m0) \
	$(addprefix boards/arm/,cortex_m.c semihosted.c)
ARCH := armv6m
CROSS := arm-none-eabi-
CPU_FLAGS := -mcpu=cortex-m0 -mthumb
NO_LUA := its 16 KB of RAM
# TIMER1, which has 16 bits (a radio stack takes TIMER0), at 1 MHz; lines 20 to 25 are the chip's spare ones for software.
BOARD_DEFINES := -DWEFT_SINGLE_CORE=1 -DWEFT_PORT_INLINE=1 \
	-DWEFT_TIMER_NRF51=0x40009000u -DWEFT_TIMER_IRQ=9 \
	-DWEFT_COUNTER_HZ=1000000u -DWEFT_COUNTER_BITS=$(or $(COUNTER_BITS),16) \
	-DWEFT_ATOMIC_LEAST=8 -DWEFT_LEVEL_IRQ=20 -DTEST_IRQ=24 \
	-DBOARD_BUTTON_IRQ=23
# Tests are linked for 1 MB and 256 KB, which the chip has not; QEMU always has.
TEST_MEMORY := -Wl,--defsym=WEFT_BOARD_FLASH=1M \
	-Wl,--defsym=WEFT_BOARD_RAM=256K
LINK_FLAGS = $(if $(findstring /tests/,$@),$(TEST_MEMORY))
QEMU := qemu-system-arm -M microbit -global nrf51-soc.flash-size=0x100000 \
	-global nrf51-soc.sram-size=0x40000 -nographic -monitor none \
	-serial none -chardev stdio,id=con \
	-semihosting-config enable=on,target=native,chardev=con
TEST_QEMU := -icount shift=6,sleep=off
