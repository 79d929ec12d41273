#!/usr/bin/env bash
# cross_test.sh - runs what `make cross-test` built: cross_test.sh ABI EMULATOR
# SPDX-License-Identifier: MIT
set -eu
cd "$(dirname "$0")/.."
tests="atomic switch coroutine stack fiber fiber_life race_fiber inlined"
for name in $tests; do
    program=build/$1/real/tests/unit/test_$name
    log=$program.log
    if ! timeout -k 5 100 "$2" "$program" >"$log" 2>&1; then
        tail -n 20 "$log"
        echo "FAIL $program (again: $2 $program)"
        exit 1
    fi
    echo "$1 $(basename "$program"): $(grep -c '^\[ *OK \]' "$log") passed"
done
