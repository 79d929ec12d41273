#!/usr/bin/env bash
# firmware_run.sh - runs one program of a board in QEMU
# SPDX-License-Identifier: MIT
#
#   dev/firmware_run.sh BOARD PROGRAM.elf
#
# The console is standard output, the exit status that of the program: what
# it gave to board_exit. SMP=n: so many cores (1), LIMIT=s: seconds until it
# is stopped (60; the status is 124 then), QEMU_MORE: more options.
set -eu
if [ $# != 2 ]; then
    echo "usage: dev/firmware_run.sh BOARD PROGRAM.elf" >&2
    exit 2
fi
program=$(realpath -m -- "$2") # seen from where the caller stands
cd "$(dirname "$0")/.."
if [ ! -f "$program" ]; then
    echo "firmware_run: $2 is no file" >&2
    exit 2
fi
if [ "$(head -c 4 "$program" | od -An -tx1)" != " 7f 45 4c 46" ]; then
    echo "firmware_run: $2 is no ELF file" >&2
    exit 2
fi
# Whoever called make with -C would have it tell of folders.
qemu=$(MAKEFLAGS='' make -s --no-print-directory -f dev/firmware.mk \
    BOARD="$1" qemu)
qemu=${qemu//%SMP%/${SMP:-1}}
if ! command -v "${qemu%% *}" >/dev/null; then
    echo "firmware_run: ${qemu%% *} is not installed" \
        "(dev/install_deps.sh firmware)" >&2
    exit 2
fi
# shellcheck disable=SC2086
exec timeout -k 1 "${LIMIT:-60}" $qemu ${QEMU_MORE-} \
    -kernel "$program" </dev/null
