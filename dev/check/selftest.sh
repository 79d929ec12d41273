#!/usr/bin/env bash
# selftest.sh - each checker sees what it is there to see
# SPDX-License-Identifier: MIT
#
# For each: a tree with one bad file, the checker, words that it must print.
# And a good tree, on which all must be quiet.
set -u
here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
status=0

say() {
    echo "selftest: $1"
    status=1
}

fresh() { # an empty tree with FILE holding what comes on standard input
    rm -rf "${tree:?}"/*
    mkdir -p "$tree/$(dirname "$1")"
    cat >"$tree/$1"
}

run() { (cd "$tree" && "$here/$1.sh" 2>&1); }

sees() { # sees CHECKER FILE WORDS <text
    local said
    fresh "$2"
    if said=$(run "$1"); then
        say "$1 let $2 pass"
    elif ! grep -qF -- "$3" <<<"$said"; then
        say "$1 on $2 did not say '$3' but: $said"
    fi
}

sees includes src/base/a.c 'base may not include core' <<<'#include "core/a.h"'
sees includes src/sync/a.c 'sync may not include executors' \
    <<<'#include "executors/loop.h"'
sees includes src/core/a.c 'does not name its folder' <<<'#include "a.h"'
sees includes src/core/a.c 'begins too early' <<<'#include "src/core/a.h"'
sees includes src/core/a.c 'needs an operating system' <<<'#include <stdio.h>'
sees includes include/weft/a.h 'needs an operating system' \
    <<<'#include <pthread.h>'
sees includes bindings/lua/a.c 'is internal to another' \
    <<<'#include "core/wait.h"'
sees includes sim/boards/uno/a.c 'not weft/sim.h' <<<'#include "weft/sim.h"'
sees platform src/core/a.c 'about a platform' <<<'#if defined(__linux__)'
sees banned src/core/a.c 'malloc() is banned' <<<'x = malloc(3);'
sees banned tools/weft/a.c 'sprintf() is banned' <<<'  sprintf(x, "y");'
sees banned tests/unit/a.c 'usleep() is banned' <<<'    usleep(5);'
sees style src/core/a.c 'SPDX' <<<'/* a.c - nothing */'
sees style src/core/a.c 'purpose' <<<'// SPDX-License-Identifier: MIT'
sees style src/core/a.c 'white space' <<<'int a; '
sees style dev/a.sh 'syntax error' <<<'if'
sees sizes src/core/a.c '81 columns' <<<"$(printf '%081d' 0)"
sees sizes src/core/a.c 'function of 71 lines' \
    <<<"$(echo '{'; printf 'x;\n%.0s' {1..71}; echo '}')"
sees sizes src/core/a.c 'over 800 lines' <<<"$(printf 'x;\n%.0s' {1..801})"
sees sizes src/services/service_a.c 'lines of code in src/services' \
    <<<"$(printf 'x;\n%.0s' {1..1501})"
sees format src/core/a.c 'layout' <<<'int  a;'
sees mutants dev/mutants/a.patch 'does not apply' \
    <<<$'test: test_a b\n--- a/c.c\n+++ b/c.c\n@@ -1 +1 @@\n-int a;\n+int b;'
sees mutants dev/mutants/a.patch 'there is no test test_a' \
    <<<'test: test_a b'
sees headers include/weft/a.h 'does not compile alone' <<<'size_t a;'
sees headers include/weft/a.h 'C++17' <<<'struct a { int class; };'
sees headers include/weft/a.h 'thumbv7m' \
    <<<'_Static_assert(sizeof(void *) == 8, "only on 64 bits");'
sees texts README.md 'does not compile' <<<$'```c\nint a = b;\n```'
sees texts docs/a.md 'does not compile' <<<$'```c\nint a = b;\n```'
sees texts docs/a.md 'no test is called it_does_07' <<<'by `it_does_07`'
mkdir -p "$tree/include/weft"
sees texts include/weft/a.h 'example at line' \
    <<<$'/* a\n * Example:\n *\n *     int a = b;\n */'

# a name of ours that does not exist
fresh README.md <<<$'```c\n#include <stdio.h>\nweft_none();\n```'
grep -q 'weft_none' <<<"$(run texts)" || say "texts let weft_none pass"

# symbols looks at objects
fresh a.c <<<'void *malloc(unsigned long); void *a(void) { return malloc(1); }'
mkdir -p "$tree/build/check-gcc/real/src/core"
(cd "$tree" && gcc -fno-builtin -c a.c -o build/check-gcc/real/src/core/a.o)
grep -q 'refers to malloc' <<<"$(run symbols)" || say "symbols let malloc pass"

# nothing to say about a good tree
fresh src/core/a.c <<'GOOD'
/* a.c - is good
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

/* malloc("x") in a comment, "free(y)" in a string */
const char *a(void)
{
    return "printf(" /* sprintf(1) */;
}
GOOD
for checker in includes platform banned symbols sizes style headers texts \
    mutants format; do
    said=$(run "$checker") || say "$checker complains about a good tree: $said"
done
exit $status
