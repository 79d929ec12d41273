#!/usr/bin/env bash
# check.sh - what `make check` does: warnings, then every checker of dev/check
# SPDX-License-Identifier: MIT
#
#   dev/check.sh             everything, with gcc and clang
#   dev/check.sh NAME...     these of dev/check/ only, such as: includes banned
#
# Quiet where all is well. The checkers themselves are tested first, on trees
# that are bad on purpose (dev/check/selftest.sh).
set -u
cd "$(dirname "$0")/.."
failed=()
log=$(mktemp)
trap 'rm -f "$log"' EXIT

step() { # step NAME COMMAND...
    local name=$1
    shift
    if "$@" >"$log" 2>&1; then
        grep '^note:' "$log"
        return
    fi
    failed+=("$name")
    echo "check: $name"
    grep -v '^  \(CC\|AR\|LD\) ' "$log" | head -n 60 | sed 's/^/  /'
}

build() { # warnings are errors here, and only here
    make -j2 --keep-going CC="$1" CFLAGS="$2" STRICT=1 \
        BUILD="build/check-$1" everything
}

build_boards() { # what runs on a board, and for each of them
    local board missing
    for board in $(make -s -f dev/firmware.mk BOARD=qemu-m3 list); do
        missing=$(make -s -f dev/firmware.mk BOARD="$board" missing)
        if [ -n "$missing" ]; then
            echo "note: $board: $missing"
            continue
        fi
        make -s -j2 --keep-going -f dev/firmware.mk BOARD="$board" STRICT=1 \
            BUILD="build/check-firmware/$board" everything || return 1
    done
}

if [ $# = 0 ]; then
    step selftest dev/check/selftest.sh
    step "warnings, gcc" build gcc "-O2 -g"
    step "warnings, clang" build clang "-O1 -g"
    step "warnings, boards" build_boards
    step cmake dev/cmake_test.sh
    step packaging dev/packaging_test.sh
    step "page of Lua functions" dev/lua_api_page.sh --check
    set -- includes platform banned symbols sizes style headers texts
    set -- "$@" mutants format
fi
for name; do
    step "$name" "dev/check/$name.sh"
done
if [ ${#failed[@]} != 0 ]; then
    printf 'check failed: %s\n' "$(printf '%s; ' "${failed[@]}")"
    exit 1
fi
echo "check passed"
