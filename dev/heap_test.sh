#!/usr/bin/env bash
# heap_test.sh - the timers of small machines: the heap, in place of the wheel
# SPDX-License-Identifier: MIT
#
# Builds the core once more with WEFT_TIMER_WHEEL=0 and runs the tests that
# sleep, on the real port and under 50 seeds in the simulator.
set -eu
cd "$(dirname "$0")/.."
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
flags=(-std=c11 -g -O1 -Iinclude -Iports/arch/called/include
    -Isrc -I. -DWEFT_TIMER_WHEEL=0
    -fsanitize=address,undefined -fno-sanitize-recover=undefined)
sim=(-DWEFT_POINTS=1 -DWEFT_INTERRUPTS=1)
core=(src/base/*.c src/core/*.c src/sync/*.c src/executors/*.c src/coro/*.c
    "ports/arch/$(uname -m)_sysv"/*.S tests/support/runner.c
    tests/support/checks.c)

objects() { # objects FOLDER FLAG... -- SOURCE...: compiled into FOLDER
    local into=$temp/$1 extra=() source
    shift
    while [ "$1" != -- ]; do
        extra+=("$1")
        shift
    done
    shift
    mkdir -p "$into"
    for source; do
        "${CC:-cc}" "${flags[@]}" ${extra[@]+"${extra[@]}"} -c \
            -o "$into/$(tr / . <<<"$source").o" "$source"
    done
}

objects real -- "${core[@]}" ports/posix/*.c ports/common/no_{levels,points}.c \
    tests/support/main.c
objects sim "${sim[@]}" -- "${core[@]}" ports/sim/*.c tests/support/main_sim.c
for name in test_timer test_task test_task_await test_scope test_loop; do
    "${CC:-cc}" "${flags[@]}" -o "$temp/$name" "tests/unit/$name.c" \
        "$temp"/real/*.o -lcmocka -lpthread
    "${CC:-cc}" "${flags[@]}" "${sim[@]}" -o "$temp/$name-sim" \
        "tests/unit/$name.c" "$temp"/sim/*.o -lcmocka -lpthread
    "$temp/$name"
    WEFT_SEEDS=50 "$temp/$name-sim"
done
