#!/usr/bin/env bash
# run.sh - take each protection out of src/, see a named test fail
# SPDX-License-Identifier: MIT
#
#   dev/mutants/run.sh               all of dev/mutants/*.patch
#   dev/mutants/run.sh --short       those that say "short: yes", for CI
#   dev/mutants/run.sh NAME...       these, by the begin of their file's name
#
# A patch says before its diff what it takes out and which case must fail:
#
#   protects: WAIT rule 11, an event is unlocked before it delivers
#   test: test_race_event the_waiter_frees_an_automatic_event...
#   short: yes
#
# With "same: NAME" instead of a diff it is the one of that patch, which
# another case must find, too.
# Each is applied to a copy of the tree; the case runs in the simulator, with
# the address sanitizer, under up to WEFT_SEEDS (1000) seeds; a case of
# tests/exhaustive (test_every_NAME) in all schedules. Untouched, all the cases
# must pass as well. The last line is "N passed, N
# failed"; a mutant passes when its case fails.
set -u
from=$PWD
cd "$(dirname "$0")/../.."
root=$PWD
work=$root/build/mutants
base=$work/base
export WEFT_SEEDS=${WEFT_SEEDS:-1000}
# A search that a mutant makes endless has found nothing.
export WEFT_RUNS=${WEFT_RUNS:-500000}
export ASAN_OPTIONS=detect_leaks=0

cc=${CC:-cc}
flags=(-std=c11 -g -O1 -fno-omit-frame-pointer -MMD -Iinclude -I. -Isrc
    "-Iports/arch/$(uname -m)_sysv/include" -DWEFT_POINTS=1 -DWEFT_INTERRUPTS=1
    -fsanitize=address)

# For tests of the Lua binding, where Lua is.
read -r -a lua_flags <<<"$(pkg-config --cflags lua5.4 2>/dev/null || true)"
read -r -a lua_libs <<<"$(pkg-config --libs lua5.4 2>/dev/null || true)"

field() { # field NAME PATCH: what the patch's header says
    sed -n "s/^$1: //p" "$2" | head -n 1
}

diff_of() { # diff_of PATCH: itself, or the one it says it is the same as
    local same
    same=$(field same "$1")
    echo "${same:+$root/dev/mutants/}${same:-$1}${same:+.patch}"
}

sources() { # of the simulator's library and runner, and the tests named
    find src/base src/core src/sync src/executors src/trace src/coro \
        src/futures src/services ports/sim "ports/arch/$(uname -m)_sysv" \
        -name '*.c' -o -name '*.S' | sort
    echo tests/support/runner.c tests/support/checks.c tests/support/main_sim.c
}

test_sources() { # test_sources TEST: those of its own
    case $1 in
    test_every_*) echo "tests/exhaustive/$1.c" tests/exhaustive/explore.c ;;
    test_lua_*) echo "tests/bindings/lua/$1.c"
        find bindings/lua src/host -name '*.c' ! -path '*/firmware/*' ;;
    test_future_ends) echo "tests/unit/$1.c" src/host/allocator.c \
        src/host/forget.c ;;
    test_aos_*) echo "tests/bindings/asyncrtos/$1.c"
        find bindings/asyncrtos -maxdepth 1 -name '*.c' ! -name memory.c ;;
    *) find tests/unit tests/regress -name "$1.c" ;;
    esac
}

object() { # object SOURCE
    local name=${1%.*}
    echo "${name//\//.}.o"
}

compile() { # compile SOURCE INTO: here, into that folder
    local more=()
    [[ $1 != *bindings/* ]] || more=(-Ibindings/lua/include
        -Ibindings/asyncrtos/include -Isim/include
        "${lua_flags[@]}")
    "$cc" "${flags[@]}" ${more[@]+"${more[@]}"} -c \
        -o "$2/$(object "$1")" "$1"
}

copy_tree() { # copy_tree FROM TO: all start from one state, that of the base
    rm -rf "$2"
    mkdir -p "$2/tests" "$2/sim"
    cp -a "$1/include" "$1/src" "$1/ports" "$1/bindings" "$2"
    cp -a "$1/sim/include" "$2/sim"
    cp -a "$1/tests/support" "$1/tests/unit" "$1/tests/regress" \
        "$1/tests/exhaustive" "$1/tests/bindings" "$2/tests"
}

build_base() {
    copy_tree "$root" "$base"
    mkdir -p "$base/o"
    cd "$base" || return 1
    local tests test
    tests=$(for patch in "$@"; do field test "$patch" | cut -d' ' -f1; done |
        sort -u)
    {
        sources
        for test in $tests; do test_sources "$test"; done
    } | tr ' ' '\n' | sort -u |
        xargs -P 2 -n 1 "$root/dev/mutants/run.sh" --compile || return 1
    for test in $tests; do
        link "$test" o || return 1
    done
    cd "$root" || return 1
}

link() { # link TEST FOLDER: its objects, those of the base for all else
    local source objects=() name libs=()
    [[ $1 != test_lua_* ]] || libs=("${lua_libs[@]}")
    for source in $(sources) $(test_sources "$1"); do
        name=$(object "$source")
        if [ -e "$2/$name" ]; then
            objects+=("$2/$name")
        else
            objects+=("$base/o/$name")
        fi
    done
    "$cc" "${flags[@]}" -o "$2/$1" "${objects[@]}" -lcmocka -lm \
        ${libs[@]+"${libs[@]}"}
}

touched() { # touched PATCH: the sources that see a file which it changes
    local file
    sed -n 's,^+++ b/,,p' "$1" | cut -f1 | while read -r file; do
        echo "$file"
        grep -lF "$file" "$base"/o/*.d | while read -r deps; do
            sed -n '1{s/^[^:]*: *//;p}' "$deps" | cut -d' ' -f1
        done
    done | grep '\.[cS]$' | sort -u
}

run_case() { # run_case PROGRAM CASE LOG: quiet when it dies
    return "$(
        exec 2>/dev/null
        timeout -k 5 100 "$1" "$2" >"$3" 2>&1
        echo $?
    )"
}

where() { # where STATUS LOG: at which seed, or how else it failed
    local seed
    seed=$(grep -o 'sim: schedule .*\|WEFT_SCHEDULE=.*' "$2" | head -n 1)
    if [ -n "$seed" ]; then
        echo "by schedule ${seed##*[ =]}"
        return
    fi
    seed=$(grep -o 'seed[ =][0-9]*' "$2" | head -n 1 | tr -dc 0-9)
    if [ -n "$seed" ]; then
        echo "at seed $seed"
    elif [ "$1" = 124 ]; then
        echo "hangs"
    else
        echo "status $1"
    fi
}

one() { # one PATCH: "passed ..." or "failed ..."
    local patch=$1 name test case here status=0 source
    name=$(basename "$patch" .patch)
    read -r test case <<<"$(field test "$patch")"
    here=$work/$name
    copy_tree "$base" "$here"
    mkdir -p "$here/o"
    cd "$here" || exit 1
    if ! patch -s -F0 -p1 <"$(diff_of "$patch")" >"$here/log" 2>&1; then
        echo "failed $name: the patch does not apply any more"
        exit 0
    fi
    for source in $(touched "$(diff_of "$patch")"); do
        case $source in */test_*) [ "$(basename "$source")" = "$test.c" ] ||
            continue ;; esac
        if ! compile "$source" o 2>"$here/log"; then
            echo "failed $name: does not compile ($here/log)"
            exit 0
        fi
    done
    link "$test" o || exit 1
    run_case "o/$test" "$case" "$here/log" || status=$?
    if [ "$status" = 0 ]; then
        echo "failed $name: $test/$case finds nothing in $WEFT_SEEDS seeds"
    elif [ "$status" = 2 ] || grep -q "no case '" "$here/log"; then
        echo "failed $name: there is no $test/$case"
    else
        echo "passed $name: found by $test/$case $(where $status "$here/log")"
    fi
}

case ${1-} in
--compile) cd "$from" && compile "$2" o; exit ;;
--one) one "$2"; exit ;;
esac

patches=()
for patch in dev/mutants/*.patch; do
    name=$(basename "$patch")
    if [ "${1-}" = --short ]; then
        [ "$(field short "$patch")" != yes ] || patches+=("$root/$patch")
    elif [ $# = 0 ]; then
        patches+=("$root/$patch")
    else
        for begin; do
            [[ $name != "$begin"* ]] || patches+=("$root/$patch")
        done
    fi
done

if [ ${#lua_libs[@]} = 0 ]; then # without Lua those of the binding are left out
    for i in "${!patches[@]}"; do
        [[ $(field test "${patches[i]}") != test_lua_* ]] || unset "patches[i]"
    done
fi
if ! build_base "${patches[@]}"; then
    echo "the tests do not build"
    exit 1
fi
bad=0
while read -r test case; do
    if ! run_case "$base/o/$test" "$case" "$base/log"; then
        echo "untouched, $test/$case fails:"
        tail -n 5 "$base/log"
        bad=1
    fi
done < <(for patch in "${patches[@]}"; do field test "$patch"; done | sort -u)
[ $bad = 0 ] || exit 1

printf '%s\0' "${patches[@]}" |
    xargs -0 -P 2 -n 1 "$root/dev/mutants/run.sh" --one |
    tee "$work/results" | sed -u 's/^passed //; s/^failed /FAIL /'
passed=$(grep -c '^passed' "$work/results")
failed=$((${#patches[@]} - passed))
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
