#!/usr/bin/env bash
# headers.sh - each public header compiles alone: C11, C++17, 32-bit chips
# SPDX-License-Identifier: MIT
#
# The 32-bit targets also check the size budgets beside the structs. Headers
# that need an operating system's <...> are left out there.
. "$(dirname "$0")/lib.sh"
status=0
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
flags=(-Wall -Wextra -Wpedantic -Werror -fsyntax-only -Iinclude
    -Ibindings/lua/include -Ibindings/asyncrtos/include -Isim/include)
read -r -a lua <<<"$(pkg-config --cflags lua5.4 2>/dev/null || true)"

try() { # try HEADER WHAT COMMAND...
    local header=$1 what=$2
    shift 2
    "$@" "${flags[@]}" ${lua[@]+"${lua[@]}"} -I"$arch" "$temp/one.c" \
        2>"$temp/said" && return
    echo "$header: does not compile alone ($what)"
    sed 's/^/    /' "$temp/said" | head -n 6
    status=1
}

mapfile -t list < <(find include/weft bindings/*/include sim/include \
    -name '*.h' 2>/dev/null | sort)
for header in "${list[@]}"; do
    # Twice: its guard works. A declaration: no empty translation unit.
    printf '#include "%s"\n#include "%s"\nextern int not_empty;\n' \
        "${header#*include/}" "${header#*include/}" >"$temp/one.c"
    try "$header" "gcc, C11" gcc -std=c11
    try "$header" "clang, C11" clang -std=c11
    try "$header" "clang, C++17" clang -x c++ -std=c++17
    ! command -v g++ >/dev/null ||
        try "$header" "g++, C++17" g++ -x c++ -std=c++17
    ! grep -qE '# *include <(stdio|stdlib|string|lua|lauxlib|time)\.h>' \
        "$header" || continue
    for target in thumbv7m-none-eabi riscv32-unknown-elf; do
        arch=ports/arch/called/include \
            try "$header" "$target" clang --target=$target -std=c11 \
            -ffreestanding
    done
done
exit $status
