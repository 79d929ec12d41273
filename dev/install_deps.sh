#!/usr/bin/env bash
# install_deps.sh - install what is missing: run, test, check, cross, firmware
# SPDX-License-Identifier: MIT
#
# On Debian and Ubuntu: prints the list, asks where a terminal is there to
# answer, goes ahead where none is. Elsewhere, and with NO_INSTALL=1, it only
# names what is missing. When nothing is missing it uses no network.
set -eu
cd "$(dirname "$0")/.."

has() { command -v "$1" >/dev/null 2>&1; }
header() { echo "#include <$1>" | cc -E - >/dev/null 2>&1; }
library() { has pkg-config && pkg-config --exists "$1"; }

missing=()
need() { # need PACKAGE TEST...: the test says whether it is there
    local package=$1
    shift
    "$@" || missing+=("$package")
}

group=${1:?usage: dev/install_deps.sh run|test|check|cross|firmware}
need gcc has gcc
need make has make
need pkg-config has pkg-config
need libc6-dev header stdio.h
need liblua5.4-dev library lua5.4
if [ "$group" = test ] || [ "$group" = check ]; then
    need libcmocka-dev header cmocka.h
    need spin has spin
    need patch has patch
fi
if [ "$group" = check ]; then
    need clang has clang
    # Layout differs from version to version: prefer the one we check with.
    need "$(apt-cache show clang-format-14 >/dev/null 2>&1 &&
        echo clang-format-14 || echo clang-format)" \
        eval 'has clang-format-14 || has clang-format'
    need cmake has cmake
fi

if [ "$group" = cross ]; then
    need gcc-aarch64-linux-gnu has aarch64-linux-gnu-gcc
    need libc6-dev-arm64-cross test -e /usr/aarch64-linux-gnu/lib/libc.a
    need gcc-riscv64-linux-gnu has riscv64-linux-gnu-gcc
    need libc6-dev-riscv64-cross test -e /usr/riscv64-linux-gnu/lib/libc.a
    need gcc-arm-linux-gnueabihf has arm-linux-gnueabihf-gcc
    need libc6-dev-armhf-cross test -e /usr/arm-linux-gnueabihf/lib/libc.a
    need gcc-arm-linux-gnueabi has arm-linux-gnueabi-gcc
    need libc6-dev-armel-cross test -e /usr/arm-linux-gnueabi/lib/libc.a
    need qemu-user-static has qemu-aarch64-static
fi

# The cross compilers of the boards (1.8 GB) and what emulates them.
if [ "$group" = check ] || [ "$group" = firmware ]; then
    need gcc-arm-none-eabi has arm-none-eabi-gcc
    need picolibc-arm-none-eabi \
        test -e /usr/lib/picolibc/arm-none-eabi/lib/libc.a
    need gcc-riscv64-unknown-elf has riscv64-unknown-elf-gcc
    need picolibc-riscv64-unknown-elf \
        test -e /usr/lib/picolibc/riscv64-unknown-elf/lib/libc.a
fi
if [ "$group" = firmware ]; then
    need qemu-system-arm has qemu-system-arm
    need qemu-system-misc has qemu-system-riscv32
    need xz-utils has xz
fi

install() {
    local log
    local root=()
    if [ "$(id -u)" != 0 ]; then
        root=(sudo)
        if ! has sudo; then
            echo "not root and no sudo: install them yourself" >&2
            return 1
        fi
    fi
    log=$(mktemp)
    echo "installing..."
    if ! { ${root[@]+"${root[@]}"} apt-get update &&
        ${root[@]+"${root[@]}"} env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y --no-install-recommends "${missing[@]}"; } \
        >"$log" 2>&1; then
        tail -n 15 "$log" >&2
        echo "apt-get failed: see above" >&2
        return 1
    fi
    rm -f "$log"
}

agreed() {
    local answer
    [ -t 0 ] && [ -t 1 ] || return 0
    read -r -p "install them now? [Y/n] " answer
    case $answer in '' | [yYjJ]*) return 0 ;; *) return 1 ;; esac
}

if [ ${#missing[@]} -gt 0 ]; then
    echo "missing for 'make $group' (Debian's names): ${missing[*]}"
    if [ "${NO_INSTALL-}" = 1 ]; then
        echo "not installed: NO_INSTALL=1"
    elif ! has apt-get; then
        echo "not installed: no apt-get here; please install them"
    elif agreed; then
        install || exit 1
    else
        echo "not installed"
    fi
fi
dev/fetch_lua.sh --retry
if [ "$group" = check ] || [ "$group" = firmware ]; then
    dev/fetch_freertos.sh --retry
fi
