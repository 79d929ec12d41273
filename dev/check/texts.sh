#!/usr/bin/env bash
# texts.sh - the C examples in README, docs and header comments compile
# SPDX-License-Identifier: MIT
#
# In a header: the lines after " * Example:" that are indented by five spaces
# and more. In Markdown: what stands between ```c and ```. A line that holds
# only "..." or "// ..." parts it. A part is file scope where that compiles,
# else the inside of a function. Functions that are not declared are the
# reader's own, unless they are named weft_ or WEFT_; a few other names stand
# in example_names. What has a main() and its own #include is linked as
# well, if BUILD (build/check-gcc) holds the library. Tests that docs name with
# the number of a rule, as in `a_sentence_07`, must be there, too.
. "$(dirname "$0")/lib.sh"
build=${BUILD:-build/check-gcc}
status=0
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
read -r -a lua <<<"$(pkg-config --cflags lua5.4 2>/dev/null || true)"
flags=(-std=c11 -Wall -Wno-implicit-function-declaration -Wno-unused
    -Wno-return-type -Werror=incompatible-pointer-types
    -Werror=implicit-int -Iinclude -I"$arch"
    -Ibindings/lua/include -Ibindings/asyncrtos/include -Isim/include
    ${lua[@]+"${lua[@]}"})

# Writes each part of each example of a file to $temp/N.PART.
extract() {
    awk -v temp="$temp" -v name="$1" '
        function part() {
            close(out)
            out = temp "/" sprintf("%03d.%03d", example, ++parts)
            printf "#line %d \"%s\"\n", FNR + 1, name > out
        }
        function begin() { example++; parts = 0; inside = 1; part() }
        function line(text) {
            if (text ~ /^[ \t]*(\/\/ *)?\.\.\.$/) part()
            else print text > out
        }
        name ~ /\.md$/ && /^```/ {
            if (inside) inside = 0
            else if ($0 == "```c") begin()
            else other = !other
            next
        }
        name ~ /\.md$/ { if (inside) line($0); next }
        /^ \* Example:/ { begin(); next }
        inside && /^ \*     / { line(substr($0, 8)); next }
        inside && /^ \*$/ { line(""); next }
        { inside = 0 }' "$1"
}

# The declarations of example_names that an example does not bring itself.
names() {
    awk -F '\t' -v text="$(cat "$temp/example" 2>/dev/null)" '
        !/^#/ && text !~ $1 { print $2 }' "$here/example_names"
}

headers() {
    local header
    for header in include/weft/{weft,task,loop,board}.h \
        bindings/lua/include/weft/lua.h; do
        [ ! -f "$header" ] || echo "#include \"${header#*include/}\""
    done
    [[ $source = *.md ]] || echo "#include \"${source#*include/}\""
    echo '#include <string.h>'
}

# What stands outside a function is the inside of one, or of a task's body.
wrap() {
    if grep -qE 'WEFT_(SLEEP|AWAIT|YIELD)' "$1"; then
        echo 'struct example { weft_task_t task; weft_await_t await;'
        echo 'weft_timer_node_t timer; };'
        echo 'WEFT_TASK(example) { WEFT_BEGIN;'
        cat "$1"
        echo 'WEFT_END; }'
    else
        echo 'int weft_example(void);'
        echo 'int weft_example(void) {'
        cat "$1"
        echo 'return 0; }'
    fi
}

compile() { # compile TOP-FILE BODY-FILE
    {
        if ! grep -q '^ *#include' "$1"; then
            headers
            names
        fi
        cat "$1"
        [ ! -s "$2" ] || wrap "$2"
    } >"$temp/one.c"
    gcc "${flags[@]}" -fsyntax-only "$temp/one.c" 2>"$temp/said" || return 1
    ! gcc "${flags[@]}" -Wimplicit-function-declaration -fsyntax-only \
        "$temp/one.c" 2>&1 | grep -iE "implicit.*[‘']weft_" >"$temp/said"
}

check_example() { # check_example NUMBER
    local part
    : >"$temp/top"
    : >"$temp/body"
    cat "$temp/$1".* >"$temp/example"
    for part in "$temp/$1".*; do
        cat "$temp/top" "$part" >"$temp/next"
        if compile "$temp/next" "$temp/body"; then
            cp "$temp/next" "$temp/top"
            continue
        fi
        cp "$temp/said" "$temp/first"
        cat "$temp/body" "$part" >"$temp/next"
        if compile "$temp/top" "$temp/next"; then
            cp "$temp/next" "$temp/body"
            continue
        fi
        # Whichever reading has fewer complaints is what was meant.
        [ "$(grep -c error: "$temp/said")" -gt \
            "$(grep -c error: "$temp/first")" ] || cp "$temp/said" "$temp/first"
        grep -m 3 'error:\|implicit' "$temp/first"
        echo "$source: the example at line $(sed -n \
            '1s/#line \([0-9]*\).*/\1/p' "$part") does not compile"
        status=1
        return
    done
    compile "$temp/top" "$temp/body"
    if grep -q '^int main(' "$temp/top" && [ -f "$build/libweft.a" ] &&
        grep -q '^ *#include' "$temp/top"; then
        gcc "${flags[@]}" -o "$temp/program" "$temp/one.c" \
            "$build/libweft.a" -lpthread 2>"$temp/said" || {
            head -n 5 "$temp/said"
            echo "$source: this example does not link"
            status=1
        }
    fi
}

for source in README.md $(find include/weft bindings/*/include sim/include \
    docs -name '*.h' -o -name '*.md' 2>/dev/null | sort); do
    [ -f "$source" ] || continue
    rm -f "$temp"/*.*
    extract "$source"
    for number in $(ls "$temp" | sed -n 's/^\([0-9]*\)\.[0-9]*$/\1/p' |
        sort -u); do
        check_example "$number"
    done
done
for name in $(grep -rhoE '`[a-z]+(_[a-z]+)+_[0-9]{2}`' docs 2>/dev/null |
    tr -d '`' | sort -u); do
    grep -rqE "^CASE[A-Z_]*\($name[,)]" tests 2>/dev/null || {
        echo "docs: no test is called $name"
        status=1
    }
done
exit $status
