#!/usr/bin/env bash
# platform.sh - no #if about a platform outside ports/
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/lib.sh"
mapfile -t list < <(files c h | grep -v '^ports/')
over_c "$here/platform.awk" "${list[@]}"
