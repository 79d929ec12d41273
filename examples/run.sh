#!/usr/bin/env bash
# run.sh - run every example in virtual time, compare what it prints
# SPDX-License-Identifier: MIT
#
#   examples/run.sh          all
#   examples/run.sh WORD     those whose folder has WORD in its name
#
# Needs `make programs`. WEFT=build/asan/weft takes another build. What is
# compared, and with which options a script runs: dev/run_script.sh.
set -u
cd "$(dirname "$0")/.."
export WEFT=${WEFT:-build/weft}
programs=$(dirname "$WEFT")/sim
passed=0 failed=0

one() { # one COMMAND...
    local output
    if output=$(dev/run_script.sh "$@" 2>&1); then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $1"
        sed 's/^/    /' <<<"$output"
    fi
}

for file in examples/*"${1-}"*/main.lua; do
    [ ! -e "$file" ] || one "$file"
done
for file in examples/*"${1-}"*/main.c; do
    [ ! -e "$file" ] || one "$file" "$programs/${file%.c}"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
