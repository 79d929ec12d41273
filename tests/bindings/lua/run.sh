#!/usr/bin/env bash
# run.sh - all scripts of this folder, or those whose name has WORD in it
# SPDX-License-Identifier: MIT
#
#   tests/bindings/lua/run.sh [WORD]      WEFT=build/weft-sim
#
# How a script says what it expects stands in dev/run_script.sh.
set -u
cd "$(dirname "$0")/../../.."
export WEFT=${WEFT:-build/weft-sim}
passed=0 failed=0
for file in tests/bindings/lua/*"${1-}"*.lua; do
    if output=$(timeout 60 dev/run_script.sh "$file" 2>&1); then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $output" | head -n 25
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
