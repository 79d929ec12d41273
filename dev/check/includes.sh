#!/usr/bin/env bash
# includes.sh - who may include what: the layers, and each include's folder
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/lib.sh"
mapfile -t list < <(files c h | grep -v '^dev/')
# A public header belongs to the layer that has its source.
layers=$(find src -name '*.c' 2>/dev/null | awk -F / '
    NF == 3 { sub(/\.c$/, "", $3); print $3 "=" $2 }
    NF == 4 { sub(/\.c$/, "", $4); print $4 "=" $2 }' | tr '\n' ' ')
[ ${#list[@]} = 0 ] ||
    awk -v layers="$layers" -f "$here/includes.awk" "${list[@]}"
