#!/usr/bin/env bash
# more_tests.sh - qemu-m3: other timers, a ceiling above levels, Lua in need
# SPDX-License-Identifier: MIT
#
# dev/firmware_test.sh calls it. One line for each build, logs in
# build/firmware/logs; the last line is "N passed, M failed, K skipped".
set -eu
cd "$(dirname "$0")/../.."
test=tests/port/cortex_m/test_interrupts
logs=build/firmware/logs/qemu-m3
above="CPPFLAGS=-DWEFT_LEVELS=3 -DWEFT_CEILING_PRIORITY=0x20"
passed=0 failed=0
mkdir -p "$logs"

run() { # run NAME MAKE_VARIABLES...
    local name=$1 build=build/firmware/qemu-m3/$1 log=$logs/interrupts.$1.log
    local status=0 ok bad
    shift
    make -s -j"${JOBS:-2}" -f dev/firmware.mk BOARD=qemu-m3 BUILD="$build" \
        "$@" "$build/$test.elf" >"$log" 2>&1 &&
        QEMU_MORE="-icount shift=${SHIFT:-6},sleep=off" \
            dev/firmware_run.sh qemu-m3 "$build/$test.elf" >"$log" 2>&1 ||
        status=$?
    ok=$(grep -c '^\[ *OK \]' "$log" || true)
    bad=$(grep -c '^\[ *FAILED *\]' "$log" || true)
    if [ "$status" != 0 ]; then
        [ "$bad" != 0 ] || bad=1
        echo "FAIL qemu-m3 $name (status $status)" >&2
        tail -n 15 "$log" >&2
    fi
    echo "qemu-m3, $name: $ok passed, $bad failed"
    passed=$((passed + ok)) failed=$((failed + bad))
}

run above "$above"
run systick SYSTICK=1
run systick-above SYSTICK=1 "$above"

lua=$(dev/lua_firmware_test.sh qemu-m3)
echo "qemu-m3, lua: $lua"
passed=$((passed + ${lua%% passed*}))
lua=${lua#*, }
failed=$((failed + ${lua%% failed*}))
echo "$passed passed, $failed failed, 0 skipped"
