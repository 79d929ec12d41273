#!/usr/bin/env bash
# format.sh - clang-format 14 leaves the C files as they are
# SPDX-License-Identifier: MIT
#
# --apply (make format) lays them out. Other versions differ a little, so they
# check nothing.
. "$(dirname "$0")/lib.sh"
tool=clang-format
! command -v clang-format-14 >/dev/null || tool=clang-format-14
version=$($tool --version | sed 's/.*version \([0-9]*\).*/\1/')
if [ "$version" != 14 ]; then
    echo "note: layout not checked, it takes clang-format 14 (here: $version)"
    exit 0
fi
mapfile -t list < <(files c h)
[ ${#list[@]} != 0 ] || exit 0
if [ "${1-}" = --apply ]; then
    "$tool" --style=file:"$here/../../.clang-format" -i "${list[@]}"
    exit
fi
"$tool" --style=file:"$here/../../.clang-format" --dry-run --Werror \
    "${list[@]}" 2>&1 | grep 'error:' |
    sed 's/: error: .*/: layout; make format/' |
    awk -F: '!seen[$1]++ { print; bad = 1 } END { exit bad }'
