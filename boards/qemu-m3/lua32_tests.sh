#!/usr/bin/env bash
# lua32_tests.sh - qemu-m3: Lua with integers and numbers of 32 bits
# SPDX-License-Identifier: MIT
#
# dev/firmware_test.sh calls it. What fails is said, logs are in
# build/firmware/logs; the last line is "N passed, M failed, K skipped".
set -eu
cd "$(dirname "$0")/../.."
build=build/firmware/qemu-m3/lua32
logs=build/firmware/logs/qemu-m3-lua32
test=tests/firmware/test_lua_faults
examples="01_blink 04_publish_subscribe 20_lua_channels 30_lua_service"
passed=0 failed=0
mkdir -p "$logs"
# Fast enough for examples to print the same times as elsewhere.
export QEMU_MORE="-icount shift=0,sleep=off"

fail() { # fail NAME LOG
    failed=$((failed + 1))
    echo "FAIL qemu-m3, 32-bit Lua: $1" >&2
    tail -n 15 "$2" >&2
}

mkdir -p $build
echo 'print(math.maxinteger, math.type(2^31), 1 / 3)' >$build/width.lua
images="$build/$test.elf $build/$build/width.elf"
for name in $examples; do
    images+=" $build/examples/$name/main.elf"
done
# shellcheck disable=SC2086
make -s -k -j"${JOBS:-2}" -f dev/firmware.mk BOARD=qemu-m3 BUILD=$build \
    LUA_32BITS=1 $images >"$logs/build" 2>&1 || tail -n 15 "$logs/build" >&2

log=$logs/faults.log
if dev/firmware_run.sh qemu-m3 "$build/$test.elf" >"$log" 2>&1; then
    passed=$((passed + $(grep -c '^\[ *OK \]' "$log" || true)))
else
    fail $test "$log"
fi
log=$logs/width.log
dev/firmware_run.sh qemu-m3 $build/$build/width.elf >"$log" 2>&1 || true
if tr -d '\r' <"$log" | grep -q '^2147483647	float	0.3333333$'; then
    passed=$((passed + 1))
else
    fail width "$log"
fi
for name in $examples; do
    log=$logs/$name.log
    if dev/firmware_run.sh qemu-m3 "$build/examples/$name/main.elf" \
        >"$log" 2>&1 && dev/firmware_expect.sh "examples/$name" "$log" \
        >"$log.diff"; then
        passed=$((passed + 1))
    else
        cat "$log.diff" >>"$log" 2>/dev/null || true
        fail "$name" "$log"
    fi
done
echo "qemu-m3, Lua with 32-bit numbers: $passed passed, $failed failed"
echo "$passed passed, $failed failed, 0 skipped"
