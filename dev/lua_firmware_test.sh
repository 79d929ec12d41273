#!/usr/bin/env bash
# lua_firmware_test.sh - what the firmware around a Lua script does in need
# SPDX-License-Identifier: MIT
#
#   dev/lua_firmware_test.sh BOARD     one that has interrupt levels
#
# Whole images, as dev/firmware_lua.mk makes them of a script: no other test is
# linked with boards/lua/main.c. boards/qemu-m3/more_tests.sh calls it. The last
# line is "N passed, M failed, K skipped".
set -eu
cd "$(dirname "$0")/.."
board=$1
build=build/firmware/$board
script=tests/firmware/lua/never_waits
logs=build/firmware/logs/$board
passed=0 failed=0
mkdir -p "$logs"

image() { # image BUILD MAKE_VARIABLES...
    local to=$1
    shift
    make -s -j"${JOBS:-2}" -f dev/firmware.mk BOARD="$board" BUILD="$to" "$@" \
        "$to/$script.elf" >"$logs/lua.build" 2>&1 ||
        tail -n 15 "$logs/lua.build" >&2
}

expect() { # expect NAME BUILD LINE...: these in this order, and status 1
    local name=$1 elf=$2/$script.elf log=$logs/lua.$1.log status=0
    shift 2
    LIMIT=${LIMIT:-60} QEMU_MORE="-icount shift=6,sleep=off" \
        dev/firmware_run.sh "$board" "$elf" >"$log" 2>&1 || status=$?
    if [ "$status" = 1 ] && printf '%s\n' "$@" |
        diff - <(tr -d '\r' <"$log") >"$log.diff"; then
        passed=$((passed + 1))
        return
    fi
    failed=$((failed + 1))
    echo "FAIL $board lua $name (status $status, expected 1)" >&2
    tail -n 15 "$log" >&2
}

image "$build"
tab=$(printf '\t')
task=never_waits.lua:4 line=never_waits.lua:5
long="for 2000 ms without a wait"
expect never_waits "$build" begins \
    "task $task has run $long, now at $line" \
    "error in task $task: $line: stopped: it ran $long" \
    "stack traceback:" \
    "${tab}$line: in function <$task>" \
    lives

# The same script; only what is compiled for the board differs.
small=$build/small
rm -f "$small/$script.elf"
image "$small" CPPFLAGS=-DBOARD_LUA_MEMORY=4096 LIB="$build/libweft.a" \
    LUA_LIBS="$build/libweft_lua.a $build/liblua.a"
expect small_arena "$small" "Lua: not enough memory for a machine"
echo "$passed passed, $failed failed, 0 skipped"
