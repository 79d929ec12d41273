#!/usr/bin/env bash
# run.sh - tests of the command line: what `weft` says, writes and returns
# SPDX-License-Identifier: MIT
#
#   tests/tools/run.sh             all; WEFT=build/weft names the program
#   tests/tools/run.sh WORD        those functions with WORD in their names
#
# Each file in cases/ holds functions test_NAME. One test is one function, in
# a folder of its own; it fails by `fail`, by one of support/lib.sh's checks, or
# by a command that fails. The last line is "N passed, N failed".
set -u
here=$(cd "$(dirname "$0")" && pwd)
WEFT=$(realpath "${WEFT:-$here/../../build/weft}")
export WEFT here LC_ALL=C.UTF-8
[ -x "$WEFT" ] || { echo "no $WEFT: make builds it" >&2; exit 1; }
passed=0 failed=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

for file in "$here"/cases/*.sh; do
    for name in $(sed -n 's/^\(test_[a-z0-9_]*\)().*/\1/p' "$file"); do
        [[ $name = *${1-}* ]] || continue
        mkdir "$scratch/$name"
        if (cd "$scratch/$name" && bash -eu -c \
            ". '$here/support/lib.sh'; . '$file'; $name") \
            >"$scratch/log" 2>&1; then
            passed=$((passed + 1))
            grep '^skip: ' "$scratch/log"
        else
            failed=$((failed + 1))
            echo "FAIL $name (${file##*/})"
            sed 's/^/    /' "$scratch/log" | head -n 40
        fi
    done
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
