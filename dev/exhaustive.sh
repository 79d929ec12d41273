#!/usr/bin/env bash
# exhaustive.sh - the exhaustive tests that are built, and the table of them
# SPDX-License-Identifier: MIT
#
#   dev/exhaustive.sh        the short form, as `make exhaustive` runs it
#   dev/exhaustive.sh long   large cases with one preemption more: minutes
set -eu
cd "$(dirname "$0")/.."
export WEFT_EXPLORE=${1-short}
table=build/exhaustive
mkdir -p "$table"
rm -f "$table"/*.log
status=0

for source in tests/exhaustive/test_*.c; do
    echo "${source%.c}"
done | xargs -P "${JOBS:-2}" -I{} bash -c \
    '"build/sim/{}" >"$1/$(basename {}).log" 2>&1' - "$table" || status=1

awk '
BEGIN {
    print "| case | cores | which | schedules | given up | deepest | seconds |"
    print "|---|---|---|---|---|---|---|"
}
FNR == 1 {
    file = FILENAME
    gsub(/.*\/test_every_|\.log$/, "", file)
    printf "| **%s** | | | | | | |\n", file
}
/^# explored: / {
    sub(/^# explored: /, "")
    gsub(/_/, " ")
    print "| " $0 " |"
    split($0, part, " *[|] *")
    cases++; schedules += part[4]; cut += part[5]; seconds += part[7]
}
END {
    printf "%d cases, %d schedules, %d given up, %.1f s\n", cases, schedules,
        cut, seconds
}' "$table"/*.log
[ $status = 0 ] || grep -A 3 -h '^tests/\|panic' "$table"/*.log >&2
exit $status
