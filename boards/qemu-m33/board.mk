# qemu-m33: Arm's MPS2 board with image AN521, two Cortex-M33 at 20 MHz; all
# of it secure
# SPDX-License-Identifier: MIT
PORT := cortex_m
PORT_SRC := $(call find,ports/cortex_m) $(addprefix ports/common/, \
	board_panic.c console.c no_points.c no_stacks.c say.c)
BOARD_SRC = $(call find,boards/qemu-m33) ports/common/libc_locks.c \
	$(addprefix boards/arm/,cortex_m.c mps2.c semihosted.c)
ARCH := armv7m
CROSS := arm-none-eabi-
# The first core has neither DSP nor floating point.
CPU_FLAGS := -mcpu=cortex-m33+nodsp+nofp -mthumb
CORES := 2
# CMSDK timers; line 6 is a message handling unit's, 24 to 30 are nobody's.
BOARD_DEFINES := -DWEFT_CORES=2 -DWEFT_CPU_ID=0x5001f000 -DWEFT_CORES_IRQ=6 \
	-DWEFT_TIMER_CMSDK=0x50000000u -DWEFT_TIMER_IRQ=3 -DWEFT_TIMER_IRQ_1=4 \
	-DWEFT_COUNTER_HZ=20000000u -DWEFT_COUNTER_BITS=$(or $(COUNTER_BITS),32) \
	-DWEFT_CORE_STACK_SIZE=16384 -DWEFT_CORE_START_US=2000000 \
	-DWEFT_LEVEL_IRQ=24 -DTEST_IRQ=17 -DBOARD_BUTTON_IRQ=16 \
	-DBOARD_FPGA=0x50302000u -DWEFT_STACK_LIMIT=1
# The loader is there for a restart: QEMU itself resets the first core only.
QEMU := qemu-system-arm -M mps2-an521 \
	-device loader,addr=0x10000000,cpu-num=1 -nographic -monitor none -serial none \
	-chardev stdio,id=con \
	-semihosting-config enable=on,target=native,chardev=con
