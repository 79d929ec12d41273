# qemu-m3: Arm's MPS2 board with image AN385, a Cortex-M3 at 25 MHz
# SPDX-License-Identifier: MIT
PORT := cortex_m
PORT_SRC := $(call find,ports/cortex_m) $(addprefix ports/common/, \
	board_panic.c console.c no_points.c no_stacks.c say.c)
BOARD_SRC := $(addprefix boards/arm/,cortex_m.c mps2.c semihosted.c)
ARCH := armv7m
CROSS := arm-none-eabi-
CPU_FLAGS := -mcpu=cortex-m3 -mthumb
# The CMSDK timers, or with SYSTICK=1 the processor's own; lines 24 to 30 are
# GPIO pins that nobody uses.
TIMER := -DWEFT_TIMER_CMSDK=0x40000000u -DWEFT_TIMER_IRQ=8 \
	-DWEFT_COUNTER_BITS=$(or $(COUNTER_BITS),32)
ifdef SYSTICK
TIMER := -DWEFT_TIMER_SYSTICK -DWEFT_COUNTER_BITS=32
endif
BOARD_DEFINES := -DWEFT_SINGLE_CORE=1 -DWEFT_PORT_INLINE=1 $(TIMER) \
	-DWEFT_COUNTER_HZ=25000000u -DWEFT_LEVEL_IRQ=24 -DTEST_IRQ=17 \
	-DBOARD_BUTTON_IRQ=16 -DBOARD_FPGA=0x40028000u
QEMU := qemu-system-arm -M mps2-an385 -nographic -monitor none -serial none \
	-chardev stdio,id=con \
	-semihosting-config enable=on,target=native,chardev=con
TEST_QEMU := -icount shift=6,sleep=off
