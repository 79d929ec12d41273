#!/usr/bin/env bash
# valgrind_test.sh - fibers and coroutines under memcheck: it sees each switch
# SPDX-License-Identifier: MIT
#
#   dev/valgrind_test.sh         programs that `make switching` has built
#   dev/valgrind_test.sh --can   whether it could
#
# Each must end as it does alone, and memcheck must say nothing, not even a
# warning that a stack was switched. It does not emulate rounding modes:
# test_switch is not among them. 77 is a skip.
set -eu
cd "$(dirname "$0")/.."
can() {
    valgrind -q --error-exitcode=9 true >/dev/null 2>&1
}
[ "${1-}" != --can ] || { can; exit; }
if ! can; then
    echo "skip: valgrind is missing, or does not run here"
    exit 77
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=0
for program in build/real/tests/unit/test_{coroutine,stack,fiber,fiber_life} \
    build/real/examples/16_pipeline/main; do
    status=0
    timeout -k 5 300 valgrind -q --error-exitcode=9 --leak-check=full \
        --errors-for-leak-kinds=definite --child-silent-after-fork=yes \
        "$program" >"$log" 2>&1 || status=$?
    if [ "$status" != 0 ] || grep -q '^==[0-9]*==' "$log"; then
        tail -n 20 "$log"
        echo "FAIL $program (status $status; again: valgrind $program)"
        failed=1
    else
        echo "$(basename "$program"): nothing to say"
    fi
done
exit "$failed"
