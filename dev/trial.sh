#!/usr/bin/env bash
# trial.sh - run all scripts of a folder in virtual time and sum up
# SPDX-License-Identifier: MIT
#
#   dev/trial.sh DIR           every *.lua below DIR, by itself
#   dev/trial.sh DIR LIST      those that the file LIST names, one a line
#
# One line a script, then the sums:
#
#   ok        it ended by itself, or ran until --for
#   error     an error in it: the first line of the first
#   module    it asks for a module or global that we do not have
#   slow      it did not reach its end within WALL seconds (20); a task that
#             runs for two seconds without a wait is an error before that
#   crash     the machine itself failed: the only thing that makes status 1
#
# FOR=60s of virtual time, MEMORY=16M each. The scripts run as you, with Lua's
# io and os: look at what you try.
set -u
weft=${WEFT:-$PWD/build/weft}
limit=${WALL:-20}
[ -d "${1-}" ] || { echo "usage: dev/trial.sh DIR [LIST]" >&2; exit 2; }
[ -x "$weft" ] || { echo "trial: no $weft; run make" >&2; exit 2; }
list=$(realpath "${2-/dev/null}")
cd "$1" || exit 2
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT

# What the first error was about: "module NAME" or "error TEXT".
reason() {
    awk '
        /^weft: / { next }
        match($0, /module .[^ ]+. not found/) ||
        match($0, /attempt to (index|call) a nil value .global .[^ ]+./) {
            count = split(substr($0, RSTART, RLENGTH), part, "\047")
            print "module", part[count - 1]
            exit
        }
        /^error in / { print "error", substr($0, 10); exit }
    ' "$1"
}

declare -A count=([ok]=0 [error]=0 [module]=0 [slow]=0 [crash]=0)
while IFS= read -r file; do
    status=0
    (
        cd "$(dirname "$file")" || exit
        exec timeout -k 5 "$limit" "$weft" run --virtual \
            --for "${FOR:-60s}" --memory "${MEMORY:-16M}" --kill-stuck -q \
            "$(basename "$file")" >/dev/null 2>"$temp/err" </dev/null
    ) 2>/dev/null || status=$?
    why=
    case $status in
    0) kind=ok ;;
    1 | 2)
        why=$(reason "$temp/err")
        kind=${why%% *} why=${why#* }
        [ -n "$kind" ] || kind=error why=$(head -n 1 "$temp/err")
        ;;
    124) kind=slow ;;
    137) kind=slow why="killed" ;;
    *) if [ "$status" -ge 126 ]; then
            kind=crash why="status $status: $(tail -n 1 "$temp/err")"
        else
            kind=ok why="status $status, by os.exit"
        fi ;;
    esac
    count[$kind]=$((count[$kind] + 1))
    printf '%-7s %s%s\n' "$kind" "$file" "${why:+: $why}"
done < <(if [ "$list" != /dev/null ]; then cat "$list"; else
    find . -name '*.lua' | sed 's|^\./||' | sort; fi)
echo "${count[ok]} ok, ${count[error]} ended with an error," \
    "${count[module]} ask for a module we do not have," \
    "${count[slow]} too slow, ${count[crash]} crashed the machine"
[ "${count[crash]}" = 0 ]
