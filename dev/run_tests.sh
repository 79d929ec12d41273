#!/usr/bin/env bash
# run_tests.sh - run built tests side by side, count, say how to run one again
# SPDX-License-Identifier: MIT
#
#   dev/run_tests.sh all       what `make test` runs (build/asan, build/tsan)
#   dev/run_tests.sh sim       the simulated ones from build/ (WEFT_SEEDS=n)
#   dev/run_tests.sh all WORD  those of them whose name has WORD in it
#
# JOBS=n at once (2), each at most LIMIT seconds (600). Exit 77 is a skip, and
# so is a line "skip: CASE: reason"; the skips must be those that stand in
# dev/expected_skips. The last line is "N passed, N failed, N skipped".
set -eu
cd "$(dirname "$0")/.."
logs=build/logs

# --- one test: run_tests.sh --one NAME COMMAND -------------------------------
if [ "$1" = --one ]; then
    name=$2 command=$3
    log=$logs/$(tr / . <<<"$name")
    status=0
    timeout -k 10 "${LIMIT:-600}" bash -c "$command" \
        >"$log.log" 2>&1 </dev/null || status=$?
    echo "$status" >"$log.status"
    if [ "$status" != 0 ] && [ "$status" != 77 ]; then
        [ "$status" != 124 ] || status="$status, over ${LIMIT:-600} s"
        {
            echo "FAIL $name (status $status)"
            tail -n 25 "$log.log" | sed 's/^/    /'
            echo "  again: $command"
        } >&2
    fi
    exit 0
fi

# --- the list: one line "NAME COMMAND" each ----------------------------------
mode=$1 word=${2-}
shopt -s nullglob

programs() { # programs FOLDER PORT FILE...: compiled tests of one port
    local folder=$1 port=$2 file
    shift 2
    for file; do
        file=${file%.c}
        echo "${file#tests/}@$port $prefix$folder/$port/$file"
    done
}

scripts() { # scripts of a folder: how they are run stands in run_script.sh
    local file
    for file in tests/bindings/lua/*.lua examples/*/main.lua; do
        echo "${file#tests/} WEFT=$1/weft dev/run_script.sh $file"
    done
    for file in examples/*/main.c; do
        echo "$file dev/run_script.sh $file $1/sim/${file%.c}"
    done
    for file in tests/tools/*.sh; do
        echo "${file#tests/} WEFT=$1/weft $file"
    done
}

lua_tests=() lua_races=()
if pkg-config --exists lua5.4 2>/dev/null; then
    lua_tests=(tests/bindings/lua/*.c)
    lua_races=(tests/bindings/lua/*_race.c)
fi
unit=(tests/unit/*.c tests/port/*.c tests/host/*.c tests/regress/*.c
    tests/bindings/asyncrtos/*.c tests/bindings/asyncrtos/host/*.c
    ${lua_tests[@]+"${lua_tests[@]}"})

list_all() {
    local file
    prefix=
    programs build/asan real "${unit[@]}"
    programs build/asan sim "${unit[@]}" tests/sim/*.c \
        tests/exhaustive/test_*.c
    # The inlined switch is taken where no sanitizer watches.
    programs build real tests/unit/test_{switch,coroutine,stack}.c \
        tests/unit/test_{fiber,fiber_life,race_fiber,inlined}.c
    [ ! -x build/asan/weft-sim ] || scripts build/asan
    # Address randomisation of newer kernels is more than gcc 12's thread
    # sanitizer can take; some containers do not let us turn it off.
    ! setarch -R true 2>/dev/null || prefix="setarch -R "
    programs build/tsan real tests/stress/*.c tests/bindings/asyncrtos/*.c \
        ${lua_races[@]+"${lua_races[@]}"}
    # Examples in C must print the same on real threads, but for times.
    for file in $(grep -Ls 'weft/lua\|WEFT_M\?S\b' examples/*/main.c); do
        echo "$file@real dev/run_script.sh $file" \
            "${prefix}build/tsan/real/${file%.c}"
    done
    if [ -f README.md ]; then
        echo "dev/drop_in dev/drop_in_test.sh"
    fi
    echo "model/short tests/model/run.sh short"
    echo "dev/heap dev/heap_test.sh"
    echo "dev/valgrind dev/valgrind_test.sh"
    echo "dev/gdb dev/gdb_test.sh"
    echo "mutants/short WEFT_SEEDS=1000 dev/mutants/run.sh --short"
}

list_sim() {
    prefix=
    programs build sim "${unit[@]}" tests/sim/*.c
}

# --- run and count -----------------------------------------------------------
case $mode in
all) export WEFT_SEEDS=${WEFT_SEEDS:-20} ;;
sim) export WEFT_SEEDS=${WEFT_SEEDS:-1000} ;;
*) echo "usage: dev/run_tests.sh all|sim [WORD]" >&2; exit 2 ;;
esac
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
export WEFT_LUA_FIXED=0
[ ! -e .deps/lua/liblua.a ] || WEFT_LUA_FIXED=1

rm -rf "$logs"
mkdir -p "$logs"
"list_$mode" | grep -F -- "$word" | sort >"$logs/list" || true
while read -r name command; do
    printf '%s\0%s\0' "$name" "$command"
done <"$logs/list" | xargs -0 -r -n 2 -P "${JOBS:-2}" "$0" --one

passed=0 failed=0
failures=() skips=()
while read -r name command; do
    log=$logs/$(tr / . <<<"$name")
    status=$(cat "$log.status" 2>/dev/null || echo none)
    while IFS= read -r line; do
        skips+=("$name:$line")
    done < <(sed -n 's/^skip: //p' "$log.log")
    if [ "$status" = 77 ]; then
        grep -q '^skip: ' "$log.log" || skips+=("$name: no reason given")
        continue
    fi
    if grep -q '^\[==========\]\|^no case for this port' "$log.log"; then
        passed=$((passed + $(grep -c '^\[ *OK \]' "$log.log" || true)))
    elif [ "$status" = 0 ]; then
        passed=$((passed + 1))
    fi
    [ "$status" = 0 ] || { failed=$((failed + 1)); failures+=("$name"); }
done <"$logs/list"

# --- skips must be the expected ones ----------------------------------------
expected=()
while read -r condition name _; do
    case $condition in
    '' | '#'*) continue ;;
    no-fixed-lua) [ "$WEFT_LUA_FIXED" = 0 ] || continue ;;
    no-valgrind) ! dev/valgrind_test.sh --can || continue ;;
    no-gdb) ! dev/gdb_test.sh --can || continue ;;
    no-cross)
        ! command -v arm-none-eabi-gcc >/dev/null ||
            ! command -v qemu-system-arm >/dev/null || continue ;;
    esac
    grep -q "^${name%%:*} " "$logs/list" && expected+=("$name")
done <dev/expected_skips
for skip in ${skips[@]+"${skips[@]}"}; do
    echo "skipped $skip"
done
# NAME:CASE: reason, or NAME:reason, of a skip; NAME:CASE or NAME expected
is_expected() {
    local name
    for name in ${expected[@]+"${expected[@]}"}; do
        [[ $1 != "$name":* ]] || return 0
    done
    return 1
}
unlisted=()
for skip in ${skips[@]+"${skips[@]}"}; do
    is_expected "$skip" || unlisted+=("$skip")
done
if [ ${#unlisted[@]} != 0 ] || [ ${#skips[@]} != ${#expected[@]} ]; then
    echo "FAIL skips: ${#skips[@]}, not in dev/expected_skips:" \
        "${unlisted[*]:-none}; expected here: ${expected[*]:-none}" >&2
    failed=$((failed + 1))
    failures+=(expected_skips)
fi
cat "$logs"/*@sim.log 2>/dev/null | awk '/^# schedules: / {
    runs += $3; distinct += $5; cases++ }
    END { if (cases) printf "simulated: %d cases, %d runs, %d distinct " \
        "schedules\n", cases, runs, distinct }'
[ ${#failures[@]} = 0 ] || printf 'failed: %s\n' "${failures[*]}"
echo "$passed passed, $failed failed, ${#skips[@]} skipped" |
    tee build/test-summary
[ "$failed" = 0 ]
