# qemu-m3-freertos: qemu-m3 under FreeRTOS; main runs as an RTOS task
# SPDX-License-Identifier: MIT
#
# The kernel: FREERTOS_KERNEL_PATH, or what dev/fetch_freertos.sh fetches. Its
# FreeRTOSConfig.h: in FREERTOS_CONFIG_DIR, or here.
PORT := freertos
BOARD_SRC = $(call find,boards/qemu-m3-freertos) boards/arm/semihosted.c
ARCH := armv7m
CROSS := arm-none-eabi-
CPU_FLAGS := -mcpu=cortex-m3 -mthumb
QEMU := qemu-system-arm -M mps2-an385 -nographic -monitor none -serial none \
	-chardev stdio,id=con \
	-semihosting-config enable=on,target=native,chardev=con \
	-icount shift=6,sleep=off

FREERTOS_KERNEL_PATH ?= .deps/freertos/Source
FREERTOS_CONFIG_DIR ?= boards/qemu-m3-freertos
FREERTOS_PORT ?= portable/GCC/ARM_CM3
FOREIGN_SRC := $(addprefix $(FREERTOS_KERNEL_PATH)/,tasks.c list.c queue.c \
	$(FREERTOS_PORT)/port.c)
CONFIG_H := $(FREERTOS_CONFIG_DIR)/FreeRTOSConfig.h
# What is missing here, in words; empty: nothing.
MISSING := $(if $(wildcard $(FREERTOS_KERNEL_PATH)/tasks.c),,no FreeRTOS \
	kernel: dev/fetch_freertos.sh or FREERTOS_KERNEL_PATH)
BOARD_DEFINES := -DWEFT_SINGLE_CORE=1 -isystem $(FREERTOS_KERNEL_PATH)/include \
	-isystem $(FREERTOS_KERNEL_PATH)/$(FREERTOS_PORT) \
	-I$(FREERTOS_CONFIG_DIR) -Iports/cortex_m/include \
	-DWEFT_FREERTOS_THREADS=8 -DWEFT_FREERTOS_STACK=1024 \
	-DWEFT_FREERTOS_LEVELS=4 -DWEFT_FREERTOS_LEVEL_IRQ=24
PORT_SRC = $(call find,ports/freertos) $(FOREIGN_SRC) $(addprefix ports/, \
	common/no_points.c common/no_stacks.c common/console.c \
	cortex_m/semihosting.c cortex_m/tls.S)
