#!/usr/bin/env bash
# fetch_freertos.sh - a FreeRTOS kernel for the tests: V9.0.0 as Debian has it
# SPDX-License-Identifier: MIT
#
# The source package micropython of Debian trixie holds an unmodified kernel
# with its port for the Cortex-M3. Our tests run on it; none of it is ours, and
# none is committed. Its licence forbids publishing measurements.
#
#   dev/fetch_freertos.sh           make .deps/freertos/state if need be
#   dev/fetch_freertos.sh --again   the same, whatever the state says
#   dev/fetch_freertos.sh --retry   again only if it failed before
#   dev/fetch_freertos.sh --state   one line: "fetched", or why not
#
# Leaves .deps/freertos/Source, or a reason in .deps/freertos/state. It always
# succeeds; one line says so where it fetched nothing. NO_INSTALL=1 fetches
# nothing. Needs no root. FREERTOS_KERNEL_PATH names a kernel of your own:
# nothing is fetched then.
set -eu
cd "$(dirname "$0")/.."
deps=$PWD/.deps/freertos
package=micropython
suite=trixie
. dev/debian_source.sh

state() {
    if [ -z "${FREERTOS_KERNEL_PATH-}" ]; then
        cat "$deps/state" 2>/dev/null || echo "not tried"
    elif [ -f "$FREERTOS_KERNEL_PATH/tasks.c" ]; then
        echo fetched
    else
        echo "no tasks.c in FREERTOS_KERNEL_PATH"
    fi
}

case ${1-} in
--state) state; exit 0 ;;
--retry) [ "$(state)" != fetched ] || exit 0 ;;
--again) rm -rf "$deps" ;;
esac
[ -z "${FREERTOS_KERNEL_PATH-}" ] || exit 0
[ -z "${1-}" ] && [ -f "$deps/state" ] && exit 0
mkdir -p "$deps"

give_up() {
    echo "no FreeRTOS kernel: $1" >&2
    echo "$1" >"$deps/state"
    exit 0
}

# This release's own lines; on Debian its mirror, with the suite that we need.
kernel_lines() {
    local id
    id=$(. /etc/os-release && echo "${ID-}")
    source_lines | awk -v debian="$([ "$id" = debian ] && echo 1)" \
        -v suite="$suite" '
        { at = $2 ~ /^\[/ ? 3 : 2 }
        !debian { print; next }
        $(at + 1) !~ /-/ && !done++ {
            print $1, at == 3 ? $2 : "", $at, suite, "main"
        }'
}

fetch() {
    mkdir -p "$deps/package"
    kernel_lines | private_apt_init || return 1
    private_apt update || true
    (cd "$deps/package" &&
        private_apt source --download-only "$package")
}

unpack() {
    local found
    rm -rf "$deps/tree" "$deps/Source"
    mkdir "$deps/tree"
    tar -C "$deps/tree" -xf "$deps"/package/"$package"_*.orig.tar.* \
        --wildcards '*/FreeRTOS/Source/*' '*/FreeRTOS/License/*' \
        >>"$deps/log" 2>&1 || return 1
    found=$(find "$deps/tree" -path '*/FreeRTOS/Source/tasks.c')
    [ -f "$found" ] || return 1
    mv "${found%/tasks.c}" "$deps/Source"
    rm -rf "$deps/License"
    mv "${found%/Source/tasks.c}/License" "$deps/License"
    rm -rf "$deps/tree"
}

command -v apt-get >/dev/null || give_up "no apt-get here to fetch its source"
if ! ls "$deps"/package/"$package"_*.orig.tar.* >/dev/null 2>&1; then
    [ "${NO_INSTALL-}" != 1 ] || give_up "NO_INSTALL=1: source not fetched"
    echo "fetching Debian's copy of FreeRTOS into .deps/freertos (once)"
    fetch || give_up "could not be fetched, see .deps/freertos/log"
fi
command -v xz >/dev/null || give_up "no xz here to unpack its source"
unpack || give_up "could not be unpacked, see .deps/freertos/log"
echo fetched >"$deps/state"
