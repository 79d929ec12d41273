# qemu-m3: Arm's MPS2 board with image AN385, a Cortex-M3 at 25 MHz
PORT := cortex_m
ARCH := armv7m
CROSS := arm-none-eabi-
CPU_FLAGS := -mcpu=cortex-m3 -mthumb
QEMU := qemu-system-arm -M mps2-an385 -nographic -monitor none -serial none \
	-chardev stdio,id=con \
	-semihosting-config enable=on,target=native,chardev=con
