#!/usr/bin/env bash
# gdb_test.sh - a debugger's backtrace ends where a coroutine or fiber begins
# SPDX-License-Identifier: MIT
#
#   dev/gdb_test.sh         programs that `make switching` has built
#   dev/gdb_test.sh --can   whether it could
#
# Stops inside: before a switch, after an inlined one, after a called one. The
# last frame must be weft__context_enter, which gdb may show with a dot, and
# there must be no frame without a name, nor a word about a bad stack. 77 is a
# skip. `make cross-test` walks up the same stacks on AArch64.
set -eu
cd "$(dirname "$0")/.."
can() {
    gdb -q -batch -nx -ex run -ex 'printf "%d\n", $_exitcode' true 2>/dev/null |
        grep -q '^0$'
}
[ "${1-}" != --can ] || { can; exit; }
if ! can; then
    echo "skip: gdb is missing, or may not run a program here"
    exit 77
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT

walk() { # walk PROGRAM CASE FUNCTION STOPS FRAME: FRAME must be among them
    local next=() i
    for ((i = 1; i < $4; i++)); do
        next+=(-ex 'echo --\n' -ex continue -ex 'echo --\n' -ex bt)
    done
    timeout -k 5 100 gdb -q -batch -nx -ex "break $3" -ex "run $2" \
        -ex 'echo --\n' -ex bt ${next[@]+"${next[@]}"} -ex kill \
        "build/real/tests/unit/$1" >"$log" 2>&1 || true
    if awk -v stops="$4" -v frame="$5" '
        function ends() {
            good += last ~ /weft(__|\.)context_enter/ && seen
            last = ""
            seen = 0
        }
        /^--$/ || /^Kill/ { ends() }
        /^#/ { last = $0; seen = seen || index($0, " " frame " ("); frames++ }
        /\?\?|corrupt|Backtrace stopped|Cannot access/ { bad = 1 }
        END { exit !(good == stops && frames <= 8 * stops) || bad }' "$log"
    then
        echo "$1 $2: ends $4 times"
    else
        cat "$log"
        echo "FAIL a backtrace in $1 $2 does not end in weft__context_enter"
        exit 1
    fi
}

walk test_coroutine a_backtrace_ends_where_the_coroutine_begins frames_above \
    3 enter
walk test_fiber_life a_fiber_tells_its_name_state_and_result weft__yield_poll \
    2 asks_itself
