#!/usr/bin/env bash
# drop_in_test.sh - the C files work in a Makefile project of somebody else
# SPDX-License-Identifier: MIT
#
# Does in an empty folder what README tells: copies the folders, takes README's
# Makefile and its first complete C program, builds it, runs it for a moment.
set -eu
cd "$(dirname "$0")/.."
root=$PWD
unset MAKEFLAGS MFLAGS MAKELEVEL # of the make that runs the tests
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
cd "$temp"

mkdir -p weft/src weft/ports
cp -r "$root/include" weft/
cp -r "$root"/src/{base,trace,core,coro,sync,executors} weft/src/
cp -r "$root"/src/{futures,services} weft/src/
cp -r "$root"/ports/{posix,common,arch} weft/ports/

program() { # the first ```c block of README that has a main
    awk '/^```c$/ { inside = 1; text = ""; next }
        /^```/ {
            if (inside && text ~ /int main\(/) { printf "%s", text; exit }
            inside = 0
        }
        inside { text = text $0 "\n" }' "$root/README.md"
}
program >main.c

# README's own Makefile, so that what it tells is what was tried.
awk '/^```make$/ { inside = 1; next } /^```/ { inside = 0 } inside' \
    "$root/README.md" >Makefile
make -s -j2 main

# It may run for ever; what counts is that it does not fail.
status=0
timeout 3 ./main >printed 2>&1 || status=$?
if [ "$status" != 0 ] && [ "$status" != 124 ]; then
    cat printed
    echo "the dropped-in program ended with status $status"
    exit 1
fi
