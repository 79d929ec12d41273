#!/usr/bin/env bash
# symbols.sh - nm proves it: no runtime object allocates, prints or exits
# SPDX-License-Identifier: MIT
#
# Looks at the objects in BUILD (build/check-gcc), both ports.
. "$(dirname "$0")/lib.sh"
build=${BUILD:-build/check-gcc}
names='(m|c|re|aligned_)alloc|free|strdup|exit|_exit|pthread_.*|clock_gettime'
names+='|v?[fs]?n?printf|f?puts|putchar|f(open|close|write|read|flush)'
names+='|std(in|out|err)|(nano|u)?sleep'
status=0
for object in $(find "$build" -path '*/src/*.o' ! -path '*/src/host/*' \
    2>/dev/null | sort); do
    for symbol in $(nm -u "$object" | awk '{ print $NF }' |
        grep -xE "$names"); do
        echo "$object: refers to $symbol; the runtime has only its port"
        status=1
    done
done
exit $status
