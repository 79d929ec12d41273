# qemu-rv32: QEMU's machine "virt", 32 bits, 1 to 4 harts
PORT := riscv
ARCH := riscv
CROSS := riscv64-unknown-elf-
CPU_FLAGS := -march=rv32imac -mabi=ilp32 -misa-spec=2.2 -mcmodel=medany
CORES := 4
TEST_CORES := 1 2 4
QEMU := qemu-system-riscv32 -M virt -smp %SMP% -m 64 -bios none -nographic \
	-monitor none -serial stdio
