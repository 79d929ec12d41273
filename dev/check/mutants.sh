#!/usr/bin/env bash
# mutants.sh - each patch of dev/mutants/ applies and names a case that exists
# SPDX-License-Identifier: MIT
set -u
wrong=0

complain() { # complain PATCH WHAT
    echo "$1: $2"
    wrong=1
}

# As run.sh applies them.
for patch in dev/mutants/*.patch; do
    [ -e "$patch" ] || continue
    read -r program case _ < <(sed -n 's/^test: //p' "$patch")
    if ! patch --dry-run -s -f -p1 <"$patch" >/dev/null; then
        complain "$patch" "does not apply any more; make it anew"
    fi
    if [ ! -e "tests/unit/$program.c" ]; then
        complain "$patch" "there is no tests/unit/$program.c"
    elif ! grep -q "\\<$case\\>" "tests/unit/$program.c"; then
        complain "$patch" "$program has no case $case"
    fi
done
exit $wrong
