#!/usr/bin/env bash
# fetch_lua.sh - Debian's Lua, built here with a fixed string hash seed
# SPDX-License-Identifier: MIT
#
# Debian's liblua5.4 seeds its string hash from time and addresses, so the
# order of pairs() differs from run to run. A simulation must repeat, so
# weft-sim is linked with the same source, compiled with a constant seed.
#
#   dev/fetch_lua.sh           make .deps/lua/state; fetch if that is needed
#   dev/fetch_lua.sh --again   the same, whatever the state says
#   dev/fetch_lua.sh --retry   again only if it failed before
#   dev/fetch_lua.sh --warn    one line if weft-sim has the system's Lua
#
# Leaves .deps/lua/liblua.a, or a reason in .deps/lua/state: the system's
# Lua is used then. NO_INSTALL=1 fetches nothing. Needs no root.
set -eu
cd "$(dirname "$0")/.."
deps=$PWD/.deps/lua
package=lua5.4
. dev/debian_source.sh

state() { cat "$deps/state" 2>/dev/null || echo "not tried"; }

case ${1-} in
--warn)
    [ "$(state)" = fixed ] || echo "warning: weft-sim uses the system's Lua," \
        "whose pairs() order varies: $(state); 'make lua' tries again" >&2
    exit 0 ;;
--retry) [ "$(state)" != fixed ] || exit 0 ;;
--again) rm -rf "$deps" ;;
esac
mkdir -p "$deps"

give_up() {
    echo "$1" >"$deps/state"
    exit 0
}

fetch() {
    mkdir -p "$deps/source"
    source_lines | sort -u | private_apt_init || return 1
    private_apt update || true
    (cd "$deps/source" &&
        private_apt source --download-only "$package")
}

# Debian's patches are applied where patch and xz are there; beside build
# files they hold only corrections, so that without them it is Lua too.
unpack() {
    local tree name
    tar -C "$deps" -xf "$deps"/source/lua5.4_*.orig.tar.* || return 1
    tree=$(echo "$deps"/lua-5.4*)
    rm -rf "$deps/tree" && mv "$tree" "$deps/tree"
    command -v patch >/dev/null && command -v xz >/dev/null || return 0
    tar -C "$deps/tree" -xf "$deps"/source/lua5.4_*.debian.tar.* || return 1
    while read -r name; do
        case $name in '' | '#'*) continue ;; esac
        patch -d "$deps/tree" -p1 -f -s <"$deps/tree/debian/patches/$name" ||
            return 1
    done <"$deps/tree/debian/patches/series"
}

release() { # of the headers in a folder
    awk '$2 ~ /^LUA_VERSION_(NUM|RELEASE)$/' "$1/lua.h"
}

same_api() {
    local system
    system=$(pkg-config --variable=includedir lua5.4 2>/dev/null) || return 0
    [ -f "$system/lua.h" ] || system=$system/lua5.4
    [ ! -f "$system/lua.h" ] ||
        [ "$(release "$system")" = "$(release "$deps/tree/src")" ]
}

build() {
    local source objects=$deps/objects
    mkdir -p "$objects"
    for source in "$deps"/tree/src/*.c; do
        case $source in */lua.c | */luac.c) continue ;; esac
        ${CC:-cc} -std=gnu99 -O2 -g -DLUA_COMPAT_5_3 -DLUA_USE_LINUX \
            -D'luai_makeseed(...)=0x57454654u' -c "$source" \
            -o "$objects/$(basename "$source" .c).o" || return 1
    done >>"$deps/log" 2>&1
    rm -f "$deps/liblua.a"
    ar rcs "$deps/liblua.a" "$objects"/*.o
}

command -v apt-get >/dev/null || give_up "no apt-get here to fetch its source"
if ! ls "$deps"/source/lua5.4_*.orig.tar.* >/dev/null 2>&1; then
    [ "${NO_INSTALL-}" != 1 ] || give_up "NO_INSTALL=1: source not fetched"
    echo "fetching Debian's Lua source into .deps/lua (once)"
    fetch || give_up "its source could not be fetched, see .deps/lua/log"
fi
unpack || give_up "its source could not be unpacked, see .deps/lua/log"
same_api || give_up "its source and the system's lua5.4 differ in version"
build || give_up "its source did not compile, see .deps/lua/log"
echo fixed >"$deps/state"
