#!/usr/bin/env bash
# mutants.sh - each patch of dev/mutants/ applies and names a case that exists
# SPDX-License-Identifier: MIT
set -u
wrong=0

field() { sed -n "s/^$1: //p" "$patch" | head -n 1; }

complain() { # complain WHAT
    echo "$patch: $1"
    wrong=1
}

# As run.sh applies them: with all their context, for a place that is only alike
# is another one.
for patch in dev/mutants/*.patch; do
    [ -e "$patch" ] || continue
    read -r program case _ <<<"$(field test)"
    same=$(field same)
    diff=${same:+dev/mutants/$same.patch}
    if ! patch --dry-run -s -f -F0 -p1 <"${diff:-$patch}" >/dev/null; then
        complain "does not apply any more; make it anew"
    fi
    test=$(find tests/unit tests/regress tests/exhaustive tests/bindings \
        -name "$program.c" 2>/dev/null)
    if [ -z "$test" ]; then
        complain "there is no test $program"
    elif ! grep -q "\\<$case\\>" "$test"; then
        complain "$program has no case $case"
    fi
done
exit $wrong
