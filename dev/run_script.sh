#!/usr/bin/env bash
# run_script.sh - run one script or example, compare its output
# SPDX-License-Identifier: MIT
#
#   WEFT=build/weft dev/run_script.sh FILE.lua
#   dev/run_script.sh examples/NAME/main.c PROGRAM...
#
# An example's standard output must equal expect.txt beside it, and the lines
# of its board ([0.500000] gpio 27 -> 1) expect_stderr.txt where there is one.
# A script elsewhere says what it expects in comments:
#
#   -- expect: a line on standard output, in this order, and no other
#   -- expect error: words that standard error has to contain
#   -- run: --for 3s --seed 7     options of `weft run`
#   -- status: 1                  the exit status (0)
set -u
file=$1
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT

comment() { sed -n "s/^.*-- $1: \{0,1\}//p" "$file"; }

expect=$temp/expect
comment expect >"$expect"
if [ -n "${2-}" ]; then
    command=("${@:2}")
else
    read -r -a options <<<"$(comment run)"
    command=("$WEFT" run --virtual ${options[@]+"${options[@]}"} "$file")
fi
wanted=$(comment status)

fail() {
    echo "$file: $1"
    echo "ran: ${command[*]}"
    sed 's/^/stderr: /' "$temp/err" | tail -n 20
    exit 1
}

: >"$temp/err"
status=0
errors=
case $file in
examples/*)
    expect=$(dirname "$file")/expect.txt
    [ -f "$expect" ] || fail "has no expect.txt beside it"
    errors=$(dirname "$file")/expect_stderr.txt
    ;;
esac
"${command[@]}" >"$temp/out" 2>"$temp/err" || status=$?
if [ "$status" = 77 ]; then
    cat "$temp/out" "$temp/err"
    exit 77
fi
[ "$status" = "${wanted:-0}" ] || {
    tail -n 20 "$temp/out"
    fail "status $status, expected ${wanted:-0}"
}
comment 'expect error' >"$temp/errors"
while IFS= read -r words; do
    grep -qF -- "$words" "$temp/err" || fail "no '$words' in stderr"
done <"$temp/errors"
diff -u --label expected --label printed "$expect" "$temp/out" ||
    fail "printed something else"
[ ! -f "$errors" ] ||
    diff -u --label expected --label "the board" "$errors" \
        <(grep '^\[' "$temp/err") || fail "moved other pins"
