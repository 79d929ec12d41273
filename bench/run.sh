#!/usr/bin/env bash
# run.sh - what `make bench` does: ours, the peers that are here, the table
# SPDX-License-Identifier: MIT
#
#   bench/run.sh PROGRAM...            the table
#   BENCH_SHORT=1 bench/run.sh PROGRAM...   ours only, one small round: does
#                                      each still run and print its figures?
#   BENCH_ONLY=services bench/run.sh PROGRAM...   these, and only what the
#                       peers have of services; of any other name: nothing
#
# Peers are built into build/bench. One that cannot be built here is left out,
# which is said; nothing is installed.
set -u
cd "$(dirname "$0")/.."
only=${BENCH_ONLY-}
# One run spoils none of another kind.
out=build/bench${BENCH_SHORT:+/short}${only:+/$only}
mkdir -p "$out"
out=$(cd "$out" && pwd)
figures=$out/figures
: >"$figures"
failed=0
left_out=()
disturbed=()

say() { echo "  BENCH $*" >&2; }
has() { command -v "$1" >/dev/null 2>&1; }

# Seconds so far: real, all processes on all cores, our children's. Not in a
# subshell: there are no children's.
clocks() { # clocks FILE
    times >"$out/times"
    awk -v hz="$(getconf CLK_TCK)" '
        FILENAME == "/proc/uptime" { real = $1 }
        /^cpu / { all = ($2 + $3 + $4 + $7 + $8 + $9) / hz }
        FILENAME ~ /times$/ && FNR == 2 {
            for (i = 1; i <= 2; i++) {
                split($i, part, /[ms]/)
                own += part[1] * 60 + part[2]
            }
        }
        END { print real, all, own }' \
        /proc/uptime /proc/stat "$out/times" >"$1"
}

# The percents of a core that others took, where it matters: what runs on two
# threads is then no longer what it says.
others_between() { # others_between FILE FILE
    awk 'NR == 1 { real = $1; others = $2 - $3; next }
        $1 - real > 1 && $2 - $3 - others > 0.1 * ($1 - real) {
            printf "%.0f", 100 * ($2 - $3 - others) / ($1 - real)
        }' "$1" "$2"
}

measure() { # measure NAME COMMAND...: its figures
    local name=$1 others
    shift
    say "$name"
    clocks "$out/before"
    if ! "$@" >"$out/said" 2>"$out/errors"; then
        echo "$name failed:" >&2
        tail -n 5 "$out/errors" >&2
        failed=1
    fi
    clocks "$out/after"
    others=$(others_between "$out/before" "$out/after")
    [ "$others" = "" ] || disturbed+=("$name: others took $others % of a core")
    cat "$out/said" >>"$figures"
}

skip() { left_out+=("$1: left out: $2"); }

# build_c NAME SOURCE FLAG...: sets program, to nothing where it could not.
build_c() {
    local name=$1 source=bench/compare/$2
    program=$out/${2%.c}
    shift 2
    cc -std=c11 -O2 -I. -o "$program" "$source" "$@" 2>"$out/errors" && return
    skip "$name" "it does not compile here"
    program=
}

peer_libuv() {
    local flags
    if ! has pkg-config || ! pkg-config --exists libuv; then
        skip libuv "no libuv1-dev"
        return
    fi
    read -r -a flags <<<"$(pkg-config --cflags --libs libuv)"
    if [ "$only" = "" ]; then
        build_c libuv libuv.c "${flags[@]}"
        [ "$program" = "" ] || measure libuv "$program"
    fi
    build_c "libuv services" libuv_services.c "${flags[@]}"
    [ "$program" = "" ] || measure "libuv services" "$program"
}

peer_queues() {
    build_c queues queues.c -lpthread
    [ "$program" = "" ] || measure queues "$program"
}

# build_cpp NAME SOURCE PACKAGE HEADER LIBRARY...: sets program, to nothing
# where it could not be built.
build_cpp() {
    local name=$1 source=bench/compare/$2 package=$3 header=$4
    program=
    shift 4
    if ! has c++; then
        skip "$name" "no c++"
        return
    fi
    if ! echo "#include <$header>" |
        c++ -std=c++17 -fsyntax-only -x c++ - 2>/dev/null; then
        skip "$name" "no $package"
        return
    fi
    if ! c++ -std=c++17 -O2 -DNDEBUG -I. -o "$out/$name" "$source" "$@" \
        2>"$out/errors"; then
        skip "$name" "it does not compile here"
        return
    fi
    program=$out/$name
}

peer_boost() {
    build_cpp Boost.Context boost/context.cpp libboost-context-dev \
        boost/context/detail/fcontext.hpp -lboost_context
    [ "$program" = "" ] || measure Boost.Context "$program"
    build_cpp Boost.Fiber boost/fiber.cpp libboost-fiber-dev \
        boost/fiber/all.hpp -lboost_fiber -lboost_context
    [ "$program" = "" ] && return
    measure Boost.Fiber "$program"
    measure "Boost.Fiber bytes" "$program" bytes
    measure "Boost.Fiber live" "$program" live
}

peer_tbb() {
    build_cpp oneTBB tbb/spawn.cpp libtbb-dev tbb/task_group.h -ltbb
    [ "$program" = "" ] || measure oneTBB "$program"
}

peer_go() {
    if ! has go; then
        skip Go "no go"
        return
    fi
    if ! (cd bench/compare/go && GOTOOLCHAIN=local GOFLAGS= \
        go build -o "$out/go" .) 2>"$out/errors"; then
        skip Go "it does not compile here"
        return
    fi
    measure Go "$out/go" ${only:+"$only"}
    [ "$only" = "" ] || return
    for kind in asleep waiting limited; do
        measure "Go $kind" "$out/go" bytes "$kind"
    done
}

# In a copy, so that cargo's lock file does not come into the tree.
build_tokio() {
    rm -rf "$out/tokio/src"
    mkdir -p "$out/tokio"
    cp -R bench/compare/tokio/. "$out/tokio/"
    (cd "$out/tokio" && { cargo build --release --quiet ||
        cargo build --release --quiet --offline; }) 2>"$out/errors"
}

peer_tokio() {
    local program=$out/tokio/target/release/peer
    if ! has cargo; then
        skip Tokio "no cargo"
        return
    fi
    say "Tokio: building"
    if ! CARGO_TARGET_DIR=$out/tokio/target build_tokio; then
        skip Tokio "its crates could not be fetched or built"
        return
    fi
    measure Tokio "$program" ${only:+"$only"}
    [ "$only" = "" ] || return
    for kind in asleep waiting limited; do
        measure "Tokio $kind" "$program" bytes "$kind"
    done
}

peer_lua() {
    local lua
    for lua in lua5.4 lua; do
        if has "$lua" && "$lua" -v 2>&1 | grep -q 'Lua 5\.4'; then
            for what in times memory; do
                measure "plain Lua, $what" "$lua" \
                    bench/compare/luatos_way.lua bench/scenarios/script.lua \
                    "$what"
            done
            return
        fi
    done
    skip Lua "no lua5.4"
}

machine() {
    echo "$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)," \
        "$(nproc) cores, load $(cut -d ' ' -f 1 /proc/loadavg)," \
        "$(date +%Y-%m-%d)"
}

for program; do
    measure "${program##*/}" "$program"
done
# Without Lua its programs are not built.
lua=1
[[ " $* " = *"/lua "* ]] && lua=0
if [ "${BENCH_SHORT-}" != "" ]; then
    awk -v check="$((1 - lua))" -v lua="$lua" -v only="$only" \
        -f bench/table.awk "$figures" bench/works.txt >"$out/missing" ||
        { cat "$out/missing"; failed=1; }
    [ "$failed" = 0 ] && echo "bench: $(wc -l <"$figures") figures"
    exit "$failed"
fi
if [ "$only" = "" ] || [ "$only" = services ]; then
    peer_libuv
    peer_queues
    peer_go
    peer_tokio
fi
if [ "$only" = "" ]; then
    peer_boost
    peer_tbb
    peer_lua
fi
machine
echo
awk -v lua="$lua" -v only="$only" -f bench/table.awk "$figures" bench/works.txt
for peer in "${left_out[@]+"${left_out[@]}"}"; do
    echo "$peer"
done
[ ${#left_out[@]} = 0 ] || echo "peers left out: ${#left_out[@]}"
if [ ${#disturbed[@]} != 0 ]; then
    printf '%s\n' "${disturbed[@]}"
    echo "Beside these, figures of two threads (2T) say little: measure again."
fi
exit "$failed"
