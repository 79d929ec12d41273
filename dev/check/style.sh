#!/usr/bin/env bash
# style.sh - first lines, white space, shell syntax
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/lib.sh"
status=0
say() {
    echo "$1"
    status=1
}
mapfile -t list < <(files c h S lua sh awk pml mk ld)
for file in "${list[@]}"; do
    head -n 3 "$file" | grep -q 'SPDX-License-Identifier: MIT' ||
        [[ $file = examples/*.lua || $file = tests/*.lua ]] ||
        say "$file:2: no 'SPDX-License-Identifier: MIT'"
    case $file in
    *.c | *.h | *.S) head -n 1 "$file" |
        grep -q "^/\* \([a-z_0-9]*/\)*${file##*/} - ." ||
        say "$file:1: should begin '/* ${file##*/} - purpose'" ;;
    *.sh) bash -n "$file" || status=1 ;;
    esac
done
mapfile -t list < <(files c h S lua sh awk pml mk ld txt md py
    ls Makefile CMakeLists.txt ./*.md 2>/dev/null
    find docs -name '*.md' 2>/dev/null)
while IFS= read -r line; do
    say "$line: white space at the end of the line"
done < <(grep -nE '[[:blank:]]+$' "${list[@]}" /dev/null |
    grep -v '^examples/[^:]*expect.txt' | cut -d: -f1,2)
exit $status
