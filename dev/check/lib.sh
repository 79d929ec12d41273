# lib.sh - what the checkers share: the tree they look at, its files
# SPDX-License-Identifier: MIT
#
# A checker is called from the root of the tree that it checks (the self-test
# gives it a bad one), prints "file:line: what; what to do" and returns 1.
set -eu
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# The inlined context switch of this machine.
arch=ports/arch/$(uname -m)_sysv/include
[ -d "$here/../../$arch" ] || arch=ports/arch/$(uname -m)/include
folders=(include src ports boards bindings sim tools tests examples bench)

# Files with one of these endings in our folders (and dev), sorted.
files() {
    local ending found=()
    for ending; do
        found+=(-o -name "*.$ending")
    done
    find "${folders[@]}" dev -type f \( "${found[@]:1}" \) 2>/dev/null | sort
}

# An awk program over C files, after c.awk.
over_c() {
    local program=$1
    shift
    [ $# = 0 ] || awk -f "$here/c.awk" -f "$program" "$@"
}
