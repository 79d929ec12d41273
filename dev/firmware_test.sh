#!/usr/bin/env bash
# firmware_test.sh - runs the tests on every emulated board, and counts
# SPDX-License-Identifier: MIT
#
#   dev/firmware_test.sh           what `make firmware-test` runs
#   dev/firmware_test.sh WORD      those whose name has WORD in it
#   BOARDS="qemu-m3 qemu-rv32-x2" dev/firmware_test.sh
#   BUILD_ONLY=1 dev/firmware_test.sh examples/   what `make firmware` builds
#
# Takes tests/unit, tests/port, tests/regress, tests/firmware, with FreeRTOS
# tests/bindings/asyncrtos, and the tests of the board's own port in
# tests/port/PORT, one image each, and each board once for each number of cores
# in TEST_CORES of its board.mk. TEST_RAM=1: a board whose memory is little may
# have more for them. Then the examples that stand in dev/firmware_examples,
# whose console must be what dev/firmware_expect.sh says; without WORD also
# boards/NAME/*_tests.sh.
# JOBS=n at once (2), each at most LIMIT seconds (120).
# Skips must be those of dev/firmware_skips. build/firmware/results has a line
# "BOARD NAME PASSED FAILED SKIPPED" for each program, build/firmware-summary
# the counts of each board and, as its last line, of all.
set -eu
cd "$(dirname "$0")/.."
results=build/firmware/results
logs=build/firmware/logs
jobs=${JOBS:-2}

ask() { # ask BOARD TARGET: what its board.mk says
    make -s --no-print-directory -f dev/firmware.mk BOARD="$1" "$2"
}

# --- one run: firmware_test.sh --one RUN BOARD CORES NAME --------------------
# RUN is the board, or BOARD-xN; NAME as in unit/test_task or
# examples/16_pipeline/main.
if [ "${1-}" = --one ]; then
    run=$2 board=$3 cores=$4 name=$5
    log=$logs/$run/${name//\//.}.log
    elf=build/firmware/$board/$name.elf
    test_ram=
    if [ "${name#examples/}" = "$name" ]; then
        elf=build/firmware/$board/tests/$name.elf
        test_ram=1
    fi
    status=0
    need=$(sed -n "s,^$name ,,p" dev/firmware_examples)
    # An operating system has as many threads as one asks for.
    if [ "${need:-0}" -gt "$cores" ] && [[ $board != *freertos* ]]; then
        echo "skip: main: needs more than $cores cores" >"$log"
        echo 0 >"$log.status"
        exit 0
    fi
    # In virtual time examples wait for nothing, and print the same times;
    # not with several cores at work, which QEMU 7.2 does not get right.
    if [ "${name#examples/}" != "$name" ] && [ -z "$need" ]; then
        cores=1
        [[ $board == *freertos* ]] || # which has such a clock always
            export QEMU_MORE="-icount shift=0,sleep=off"
    fi
    if [ ! -e "$elf" ]; then
        echo "$elf was not built: see $logs/$board.build" >"$log"
        status=3
    else
        QEMU_MORE=${QEMU_MORE-$(ask "$board" test-qemu)} \
            TEST_RAM=$test_ram SMP=$cores LIMIT=${LIMIT:-120} \
            dev/firmware_run.sh "$board" "$elf" >"$log" 2>&1 || status=$?
    fi
    [[ $board != *freertos* ]] || export TICKS=1
    if [ -e "${name%/main}/expect.txt" ] && ! dev/firmware_expect.sh \
        "${name%/main}" "$log" >"$log.diff"; then
        cat "$log.diff" >>"$log"
        status=1
    fi
    echo "$status" >"$log.status"
    if [ "$status" != 0 ]; then
        [ "$status" != 124 ] || status="$status, over ${LIMIT:-120} s"
        {
            echo "FAIL $run $name (status $status)"
            tail -n 15 "$log" | sed 's/^/    /'
            echo "  again: TEST_RAM=$test_ram SMP=$cores" \
                "dev/firmware_run.sh $board $elf"
        } >&2
    fi
    exit 0
fi

# --- what is to run ----------------------------------------------------------
refuse() { # refuse WHY: nothing was run
    echo "firmware_test: $1" >&2
    exit 2
}
word=${1-}
if [ $# -gt 1 ] || [[ $word == -* ]]; then
    refuse "usage: [BOARDS=\"BOARD...\"] dev/firmware_test.sh [WORD]"
fi
[[ $jobs =~ ^[1-9][0-9]*$ ]] || refuse "JOBS=$jobs is no number of jobs"
shopt -s nullglob
all_runs=() # "RUN BOARD CORES"
for board in boards/qemu-*/board.mk; do
    board=$(basename "${board%/board.mk}")
    list=$(ask "$board" test-cores)
    for cores in $list; do
        run=$board
        [ "$list" = 1 ] || run=$board-x$cores
        all_runs+=("$run $board $cores")
    done
done

for one in ${BOARDS-}; do
    [[ " ${all_runs[*]} " == *" $one "* && $one == *[^0-9]* ]] ||
        refuse "no board $one in: ${all_runs[*]%% *}"
done

wanted() { # wanted RUN BOARD
    [ -n "${BOARDS-}" ] || return 0
    local one
    for one in $BOARDS; do
        if [ "$one" = "$1" ] || [ "$one" = "$2" ]; then
            return 0
        fi
    done
    return 1
}

# Expected skips of a run: "NAME", "NAME:CASE" or "cores", one a line.
expected_of() {
    local pattern name reason
    while read -r pattern name reason; do
        case $pattern in '' | '#'*) continue ;; esac
        # shellcheck disable=SC2053
        [[ $1 != $pattern ]] || echo "$name"
    done <dev/firmware_skips
}

# AsyncRTOS is for boards with threads.
threads_of() { # threads_of BOARD
    [[ $1 != *freertos* ]] || echo tests/bindings/asyncrtos/*.c
}

# Tests of tests/port/NAME are for boards of that port alone.
names_of() { # names_of BOARD, sorted
    local file
    for file in tests/unit/*.c tests/port/*.c tests/regress/*.c \
        tests/firmware/*.c \
        "tests/port/$(ask "$1" port)"/*.c $(threads_of "$1"); do
        file=${file#tests/}
        echo "${file%.c}"
    done | { grep -F -- "$word" || true; } | sort
    [ ! -e dev/firmware_examples ] || sed '/^#/d; s/ .*//' \
        dev/firmware_examples | { grep -F -- "$word" || true; } | sort
}

# --- build -------------------------------------------------------------------
build() { # build BOARD: the programs that it reads
    sed "s,.*,build/firmware/$1/&.elf," | xargs -r make -k -j"$jobs" \
        -f dev/firmware.mk BOARD="$1" >>"$logs/$1.build" 2>&1 || true
}

rm -rf "$logs" "$results"
mkdir -p "$logs"
: >"$results"
started=$SECONDS
built=" "
runs=()
left_out=()
goal=run
[ "${BUILD_ONLY-}" != 1 ] || goal=build
for line in "${all_runs[@]}"; do
    read -r run board cores <<<"$line"
    wanted "$run" "$board" || continue
    missing=$(ask "$board" "lacks-to-$goal")
    if [ -n "$missing" ]; then
        echo "skip: $run: $missing"
        left_out+=("$run")
        continue
    fi
    runs+=("$line")
    mkdir -p "$logs/$run"
    expected_of "$run" | sort >"$logs/$run/expected"
    names_of "$board" >"$logs/$run/all"
    # An example that needs one core runs with the first number of them only.
    if [[ $built == *" $board "* ]]; then
        grep -oE '^examples.* ' dev/firmware_examples | tr -d ' ' |
            grep -xF -f - "$logs/$run/all" >"$logs/$run/more" || true
        sed -i '/^examples/d' "$logs/$run/all"
        cat "$logs/$run/more" >>"$logs/$run/all"
    fi
    # Those that are not built for it are skips, too.
    grep -xF -f "$logs/$run/expected" "$logs/$run/all" \
        >"$logs/$run/left_out" || true
    grep -vxF -f "$logs/$run/expected" "$logs/$run/all" \
        >"$logs/$run/names" || true
    [[ $built != *" $board "* ]] || continue
    built+="$board "
    sed '/^examples/d; s,^,tests/,' "$logs/$run/names" |
        TEST_RAM=1 build "$board"
    sed -n '/^examples/p' "$logs/$run/names" | TEST_RAM='' build "$board"
    grep -A 3 'error:\|undefined\|overflowed\|Error ' "$logs/$board.build" |
        head -n 20 >&2 || true
done
[ ${#runs[@]} != 0 ] || refuse "no board is left"
cat "$logs"/*/names | grep -q . || refuse "no test is called $word"
echo "built for$built in $((SECONDS - started)) s"
if [ "${BUILD_ONLY-}" = 1 ]; then
    ! grep -q 'Error ' "$logs"/*.build || exit 1
    echo "images: build/firmware/BOARD/examples/NAME/main.elf"
    exit 0
fi

# --- run ---------------------------------------------------------------------
for line in ${runs[@]+"${runs[@]}"}; do
    while read -r name; do
        # shellcheck disable=SC2086
        printf '%s\0' $line "$name"
    done <"$logs/${line%% *}/names"
done | xargs -0 -r -n 4 -P "$jobs" "$0" --one

# --- count -------------------------------------------------------------------
failures=()
total_passed=0 total_failed=0 total_skipped=0
: >build/firmware-summary

lines() { # lines PATTERN FILE: how many
    grep -c "$1" "$2" || true
}

count_run() { # count_run RUN CORES: sets passed, failed, skipped
    local run=$1 cores=$2 name log status ok bad skips line
    local seen=$logs/$1/seen
    : >"$seen"
    passed=0 failed=0 skipped=0 for_cores=0
    while read -r name; do
        log=$logs/$run/${name//\//.}.log
        status=$(cat "$log.status" 2>/dev/null || echo none)
        ok=$(lines '^\[ *OK \]' "$log")
        bad=$(lines '^\[ *FAILED *\]' "$log")
        skips=$(lines '^skip: ' "$log")
        if [ "$status" != 0 ] && [ "$bad" = 0 ]; then
            bad=1
        elif [ "${name#examples/}" != "$name" ]; then
            ok=$((1 - skips))
        elif [ "$status" = 0 ] && ! grep -q '^\[==========\] .*passed' "$log"
        then
            bad=1
        fi
        echo "$run $name $ok $bad $skips" >>"$results"
        sed -n "s,^skip: \([^:]*\): *\(.*[^\r]\)\r*\$,$name:\1 \2,p" "$log" \
            >>"$seen"
        passed=$((passed + ok)) failed=$((failed + bad))
        [ "$bad" = 0 ] || failures+=("$run:$name")
    done <"$logs/$run/names"
    sed "s,.*,$run & 0 0 1," "$logs/$run/left_out" >>"$results"
    skipped=$(($(wc -l <"$seen") + $(wc -l <"$logs/$run/left_out")))
    check_skips "$run" "$cores"
}

# Those for want of cores are right where the list says so for this board.
check_skips() { # check_skips RUN CORES
    local seen=$logs/$1/seen bad
    local want=" needs more than $2 cores"
    # A second core takes one thread: who is refused here, is so wrongly.
    [ "$2" = 1 ] || sed -i '/:a_thread_runs_once_and_is_joined /s/$/ though/' \
        "$seen"
    for_cores=$(lines "$want\$" "$seen")
    if grep -qx cores "$logs/$1/expected"; then
        grep -v "$want\$" "$seen" >"$seen.other" || true
    else
        cp "$seen" "$seen.other"
    fi
    bad=$(diff <(sed 's/ .*//' "$seen.other" | sort) \
        <(grep : "$logs/$1/expected" |
            grep -F -f <(sed 's/$/:/' "$logs/$1/names") || true) || true)
    if [ -n "$bad" ]; then
        echo "FAIL $1: skips, and dev/firmware_skips (<: not in it):" >&2
        grep '^[<>]' <<<"$bad" >&2
        failed=$((failed + 1))
        failures+=("$1:skips")
    fi
}

for line in ${runs[@]+"${runs[@]}"}; do
    read -r run board cores <<<"$line"
    count_run "$run" "$cores"
    echo "$run: $passed passed, $failed failed, $skipped skipped" \
        "($for_cores for want of cores)" | tee -a build/firmware-summary
    total_passed=$((total_passed + passed))
    total_failed=$((total_failed + failed))
    total_skipped=$((total_skipped + skipped))
done
# What a board tests beyond that, in builds of its own.
more() { # more SCRIPT
    local script=$1 name last log
    name=${script#boards/}
    name=${name%_tests.sh}
    log=$logs/${name/\//.}
    JOBS=$jobs "$script" | tee "$log"
    last=$(tail -n 1 "$log")
    if [[ $last =~ ^([0-9]+)' passed, '([0-9]+)' failed, '([0-9]+) ]]; then
        total_passed=$((total_passed + BASH_REMATCH[1]))
        total_failed=$((total_failed + BASH_REMATCH[2]))
        total_skipped=$((total_skipped + BASH_REMATCH[3]))
        [ "${BASH_REMATCH[2]}" = 0 ] || failures+=("${name/\//:}")
    else
        total_failed=$((total_failed + 1))
        failures+=("${name/\//:}")
    fi
}
for board in $built; do
    [ -z "$word" ] || break
    for script in "boards/$board"/*_tests.sh; do
        more "$script"
    done
done
# A machine without a port, by the guide that makes one.
if [ -z "$word" ] && [ -z "${BOARDS-}" ] && [ -z "${BUILD_ONLY-}" ]; then
    status=0
    dev/porting_test.sh >"$logs/porting" 2>&1 || status=$?
    case $status in
    0) ((++total_passed)) ;;
    77) ((++total_skipped)) && tail -n 1 "$logs/porting" ;;
    *)
        tail -n 15 "$logs/porting" >&2
        ((++total_failed))
        failures+=(dev/porting_test.sh)
        ;;
    esac
    echo "docs/porting.md: status $status" | tee -a build/firmware-summary
fi
for run in ${left_out[@]+"${left_out[@]}"}; do
    echo "$run: not built, 1 skipped" | tee -a build/firmware-summary
    total_skipped=$((total_skipped + 1))
done
dev/firmware_matrix.sh
[ ${#failures[@]} = 0 ] || printf 'failed: %s\n' "${failures[*]}"
echo "in $((SECONDS - started)) s"
echo "$total_passed passed, $total_failed failed, $total_skipped skipped" |
    tee -a build/firmware-summary
[ "$total_failed" = 0 ]
