#!/usr/bin/env bash
# sizes.sh - files to 800 lines, functions to 70, lines to 80 columns
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/lib.sh"
status=0
mapfile -t list < <(files c h)
over_c "$here/sizes.awk" "${list[@]}" || status=1
# The Lua tests keep what a line prints beside it.
mapfile -t list < <(files S lua sh awk pml |
    grep -v '^tests/bindings/lua/.*\.lua$')
[ ${#list[@]} = 0 ] || awk '
    length($0) > 80 {
        print FILENAME ":" FNR ": " length($0) " columns; 80 at most"
        bad = 1
    }
    FNR == 801 { print FILENAME ": over 800 lines; split it"; bad = 1 }
    END { exit bad }' "${list[@]}" || status=1
exit $status
