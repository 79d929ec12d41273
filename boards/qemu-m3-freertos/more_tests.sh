#!/usr/bin/env bash
# more_tests.sh - qemu-m3-freertos: other rates, no levels, the page's example
# SPDX-License-Identifier: MIT
#
# dev/firmware_test.sh calls it. One line for each build, logs in
# build/firmware/logs; the last line is "N passed, M failed, K skipped".
set -eu
cd "$(dirname "$0")/../.."
logs=build/firmware/logs/qemu-m3-freertos
passed=0 failed=0 skipped=0
mkdir -p "$logs"

run() { # run TEST NAME SKIPS DEFINES...
    local test=tests/port/freertos/$1 name=$2 skips=$3
    local build=build/firmware/qemu-m3-freertos/$2 status=0 ok bad skip
    local log=$logs/${1#test_}.$2.log
    shift 3
    make -s -j"${JOBS:-2}" -f dev/firmware.mk BOARD=qemu-m3-freertos \
        BUILD="$build" CPPFLAGS="$*" "$build/$test.elf" >"$log" 2>&1 &&
        dev/firmware_run.sh qemu-m3-freertos "$build/$test.elf" >"$log" \
            2>&1 || status=$?
    ok=$(grep -c '^\[ *OK \]' "$log" || true)
    bad=$(grep -c '^\[ *FAILED *\]' "$log" || true)
    skip=$(grep -c '^skip: ' "$log" || true)
    if [ "$status" != 0 ] || [ "$skip" != "$skips" ]; then
        [ "$bad" != 0 ] || bad=1
        echo "FAIL qemu-m3-freertos $name (status $status)" >&2
        tail -n 15 "$log" >&2
    fi
    echo "qemu-m3-freertos, $name: $ok passed, $bad failed, $skip skipped"
    passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
}

# The example of docs/freertos.md, as it stands there.
run_guide() {
    local build=build/firmware/qemu-m3-freertos log=$logs/guide.log
    local guide=$build/guide here=tests/port/freertos/guide
    mkdir -p "$guide"
    {
        awk '/^```/ { inside = $0 == "```c freertos"; next } inside' \
            docs/freertos.md
        cat $here/main.c
    } >"$guide/main.c"
    if make -s -f dev/firmware.mk BOARD=qemu-m3-freertos \
        "$build/$guide/main.elf" >"$log" 2>&1; then
        dev/firmware_run.sh qemu-m3-freertos "$build/$guide/main.elf" \
            >"$log" 2>&1 || true
    fi
    if diff $here/expect.txt <(tr -d '\r' <"$log") >&2; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL qemu-m3-freertos docs/freertos.md" >&2
    fi
}

run_guide
run test_ticks hz10 2 -DconfigTICK_RATE_HZ=10
run test_ticks hz100 2 -DconfigTICK_RATE_HZ=100
run test_ticks hz250-moved 1 -DconfigTICK_RATE_HZ=250 \
    -DconfigUSE_TICKLESS_IDLE=2
run test_ticks hz1024-16-bit 1 -DconfigTICK_RATE_HZ=1024 \
    -DconfigUSE_16_BIT_TICKS=1
run test_ticks hz10-ticks-only 2 -DconfigTICK_RATE_HZ=10 \
    -DWEFT_FREERTOS_SYSTICK=0
run test_ticks hz100-ticks-only 2 -DconfigTICK_RATE_HZ=100 \
    -DWEFT_FREERTOS_SYSTICK=0
run test_ceilings no-levels 0 -UWEFT_FREERTOS_LEVELS -DWEFT_FREERTOS_LEVELS=0
echo "$passed passed, $failed failed, $skipped skipped"
