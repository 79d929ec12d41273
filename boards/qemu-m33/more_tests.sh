#!/usr/bin/env bash
# more_tests.sh - qemu-m33: two cores with a counter of 16 bits
# SPDX-License-Identifier: MIT
#
# dev/firmware_test.sh calls it. The log is in build/firmware/logs; the last
# line is "N passed, M failed, K skipped".
set -eu
cd "$(dirname "$0")/../.."
build=build/firmware/qemu-m33/16-bit
test=$build/tests/port/cortex_m/test_slow_core.elf
log=build/firmware/logs/qemu-m33/slow_core.16-bit.log
status=0
mkdir -p "${log%/*}"

make -s -j"${JOBS:-2}" -f dev/firmware.mk BOARD=qemu-m33 BUILD="$build" \
    COUNTER_BITS=16 "$test" >"$log" 2>&1 &&
    dev/firmware_run.sh qemu-m33 "$test" >"$log" 2>&1 || status=$?
if [ "$status" = 0 ]; then
    echo "1 passed, 0 failed, 0 skipped"
else
    echo "FAIL qemu-m33 with 16 bits (status $status)" >&2
    tail -n 15 "$log" >&2
    echo "0 passed, 1 failed, 0 skipped"
fi
