#!/usr/bin/env bash
# banned.sh - calls that we do not make, each with what to use instead
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/lib.sh"
mapfile -t list < <(files c h | grep -v '^dev/')
over_c "$here/banned.awk" "${list[@]}"
