#!/bin/sh
# run.sh - checks the Promela models, and that each seeded fault is found
# SPDX-License-Identifier: MIT
#
# usage: run.sh [short|full] [MODEL...]
#
# A model's header lists what to run (see docs/internals/models.md):
#    config NAME short|full: -DA=1 ...     must pass, with all code reached
#    fault NAME CONFIG: what (rule)        -DFAULT_NAME must fail
# JOBS (2) checks at a time; MODEL_BUILD is the folder to build in.

set -u

mode=short
case ${1-} in
short | full) mode=$1; shift ;;
esac

here=$(cd "$(dirname "$0")" && pwd)
build=${MODEL_BUILD:-$here/../../build/model}
jobs=${JOBS:-2}

if ! command -v spin >/dev/null; then
    echo "skip: spin is not installed (Debian: apt-get install spin)"
    exit 77
fi

mkdir -p "$build" || exit 1
build=$(cd "$build" && pwd)
: "${CC:=cc}"
export here build CC

# One model's header as lines "ORDER MODEL VARIANT CONFIG -D...": the largest
# first, so that two jobs end at about the same time.
plan() {
    awk -v model="$1" -v mode="$mode" '
        $1 == "*" && $2 == "config" {
            sub(/:$/, "", $4); flags = ""
            for (i = 5; i <= NF; i++) { flags = flags " " $i }
            config[$3] = flags
            size[$3] = $4
            if ($4 == "short" || mode == "full") {
                print ($4 == "full" ? 0 : 1), model, "ok", $3, flags
            }
        }
        $1 == "*" && $2 == "fault" {
            sub(/:$/, "", $4)
            # Short, so that it is also run, and passes, without the fault.
            if (size[$4] != "short") { print 0, model, $3, "?" $4; next }
            print 2, model, $3, $4, config[$4] " -DFAULT_" $3
        }
    ' "$here/$1.pml"
    # A fault in the code only, or in the header only, is a mistake.
    awk -v model="$1" '
        $1 == "*" && $2 == "fault" { listed[$3] = 1 }
        /^ *#/ { while (match($0, /FAULT_[a-z0-9_]+/)) {
            used[substr($0, RSTART + 6, RLENGTH - 6)] = 1
            $0 = substr($0, RSTART + RLENGTH) } }
        END {
            for (f in listed) {
                if (!(f in used)) { print 0, model, f, "?code" }
            }
            for (f in used) {
                if (!(f in listed)) { print 0, model, f, "?header" }
            }
        }
    ' "$here/$1.pml"
}

cat >"$build/check.sh" <<'END'
# check.sh MODEL VARIANT CONFIG [-D...]: one line on stdout, ok or surprise
model=$1 variant=$2 config=$3
shift 3
name=$model.$config
[ "$variant" = ok ] || name=$model.FAULT_$variant
label="$model $config"
[ "$variant" = ok ] || label="$model FAULT_$variant"

say() { echo "$1" >"$build/$name.line"; echo "$1"; }
surprise() { say "$label: SURPRISE, $1 (see $build/$name)"; exit 0; }

case $config in
\?code) surprise "listed but not in the code" ;;
\?header) surprise "not listed in the header" ;;
\?*) surprise "no such short configuration" ;;
esac

rm -rf "$build/$name"
mkdir -p "$build/$name" && cd "$build/$name" || exit 1
# Spin reports what was never executed right only without merging (-o3).
opt=-O2 merge=-o3
[ "$variant" = ok ] || opt=-O0 merge=
spin -a $merge "$@" "$here/$model.pml" >spin.out 2>&1 &&
    [ -f pan.c ] && ! grep -q Error spin.out || surprise "spin does not take it"
reduce=
grep -q provided "$here/$model.pml" && reduce=-DNOREDUCE
$CC $opt -w -DSAFETY -DCOLLAPSE -DMEMLIM=6000 $reduce -o pan pan.c \
    >cc.out 2>&1 || surprise "pan.c does not compile"
./pan -m100000 -w22 >pan.out 2>&1
rm -f pan pan.? pan_*

states=$(sed -n 's/ *\([0-9.e+]*\) states, stored.*/\1/p' pan.out)
seconds=$(sed -n 's/^pan: elapsed time //p' pan.out)
if grep -q -e 'search not completed' -e 'max search depth too small' \
    -e 'out of memory' -e 'reached -DMEMLIM' pan.out && [ "$variant" = ok ]
then
    surprise "search not exhaustive or an error: $(grep '^pan:' pan.out |
        head -n 1)"
fi
errors=$(sed -n 's/.*errors: \([0-9]*\).*/\1/p' pan.out)
[ -n "$errors" ] || surprise "pan gave no result"

if [ "$variant" = ok ]; then
    [ "$errors" = 0 ] || surprise "$(grep '^pan:1' pan.out)"
    never=$(grep -c -e '^	.*state [0-9]*, "' pan.out)
    ends=$(grep -c -e '^	.*state [0-9]*, "-end-"' pan.out)
    [ "$never" = "$ends" ] ||
        surprise "never executed: $(grep '^	.*state [0-9]*, "' pan.out |
            grep -v -e -end- | head -n 3 | tr -d '\t' | tr '\n' ' ')"
    say "$label: ok, $states states, $seconds"
else
    [ "$errors" = 0 ] && surprise "not found"
    grep -q '^pan:1: assertion violated' pan.out &&
        { say "$label: found, an assertion"; exit 0; }
    grep -q '^pan:1: invalid end state' pan.out &&
        { say "$label: found, a deadlock"; exit 0; }
    surprise "$(grep '^pan:1' pan.out)"
fi
END

[ $# -gt 0 ] || set -- $(cd "$here" && ls ./*.pml |
    sed 's/^\.\/\(.*\)\.pml$/\1/; /^common$/d')

rm -f "$build"/*.line
for model in "$@"; do
    if [ ! -f "$here/$model.pml" ]; then
        echo "run.sh: there is no model $model in $here" >&2
        exit 2
    fi
done
for model in "$@"; do
    plan "$model"
done | sort -s -n -k1,1 | cut -d' ' -f2- | sed 's/ *$//' >"$build/plan"

# shellcheck disable=SC2016
xargs -P "$jobs" -L 1 sh "$build/check.sh" <"$build/plan"

planned=$(grep -c . "$build/plan")
passed=$(cat "$build"/*.line 2>/dev/null | grep -c -v SURPRISE)
failed=$((planned - passed))
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$planned" -gt 0 ]
