#!/usr/bin/env bash
# lua_api_page.sh - docs/lua-api.md from the tests of the Lua binding
# SPDX-License-Identifier: MIT
#
#   dev/lua_api_page.sh          writes the page
#   dev/lua_api_page.sh --check  says whether it is as it would be written
#
# A test is named MODULE_FUNCTION[_CASE].lua, or after a global; its first
# line, a comment, says what it shows. Words of a name that is no function
# (error_not_a_string) are listed under "Behaviour".
set -eu
cd "$(dirname "$0")/.."
page=docs/lua-api.md

# The names in the tables of functions.
names() {
    grep -oh '{"[A-Za-z_0-9]*", *[a-z]' bindings/lua/*.c |
        sed 's/{"//; s/".*//' | sort -u
}

rows() {
    local file name module rest
    for file in tests/bindings/lua/*.lua; do
        name=$(basename "$file" .lua)
        module=${name%%_*} rest=${name#*_}
        case $module in
        sys | rtos | log | mcu | os | gpio | uart | pwm | adc | wdt | weft | \
            channel | scope | service | string | table | math | io)
            [ "$module" != "$name" ] || rest=
            printf '%s\t%s\t%s\t%s\n' "$module" "$rest" "$file" \
                "$(sed -n '1s/^-- *//p' "$file")" ;;
        *)
            printf '~\t%s\t%s\t%s\n' "$name" "$file" \
                "$(sed -n '1s/^-- *//p' "$file")" ;;
        esac
    done
}

# rtos_timer_start is one word to us, sys_wait_zero is sys.wait's case zero.
print_page() {
    cat <<'HEAD'
# What scripts can call, and the test that shows it

Made by `dev/lua_api_page.sh` from the first line of each test under
`tests/bindings/lua/`; run one with `build/weft-sim run --virtual FILE`.
HEAD
    rows | sort -t "$(printf '\t')" -k1,1 -k2,2 | awk -F '\t' \
        -v known="$(names | tr '\n' ' ')" '
        BEGIN {
            n = split(known, word, " ")
            for (i = 1; i <= n; i++) { is[word[i]] = 1 }
            is["cwaitMt"] = is["cw"] = is["pub"] = 1
            global["cw"] = global["pub"] = 1
            method["channel"] = method["scope"] = 1
        }
        # The longest beginning of the rest that is a function.
        function function_of(rest,   at, begin) {
            begin = rest
            for (;;) {
                if (begin in is) { return begin }
                at = match(begin, /_[^_]*$/)
                if (at == 0) { return "" }
                begin = substr(begin, 1, at - 1)
            }
        }
        {
            if ($1 != module) {
                module = $1
                print "\n## " (module == "~" ? "Behaviour" : module) "\n"
                print "| " (module == "~" ? "what" : "function") \
                    " | test | shows |\n|---|---|---|"
            }
            name = function_of($2)
            label = module == "~" ? $2 : name == "" ? module : \
                "`" module (name in global ? "_" : \
                module in method ? ":" : ".") name "`"
            file = $3
            sub(/.*\//, "", file)
            gsub(/\|/, "\\|", $4)
            printf "| %s | [%s](../%s) | %s |\n", label, file, $3, $4
        }'
}

# Every function of these has a test of its name.
missing() {
    local module file name
    for module in sys rtos weft channel scope service; do
        file=bindings/lua/$module.c
        [ -e "$file" ] || file=bindings/lua/${module}_module.c
        grep -oE '^ *\{"[A-Za-z][A-Za-z_]*", (weft__lua_)?l_' "$file" |
            cut -d '"' -f 2 | while read -r name; do
            [ -e "tests/bindings/lua/${module}_$name.lua" ] ||
                echo "$module.$name has no test of its own"
        done
    done
}

if [ "${1-}" = --check ]; then
    lacks=$(missing)
    [ -z "$lacks" ] || { echo "$lacks" >&2; exit 1; }
    print_page | diff -q - "$page" >/dev/null || {
        echo "$page is not up to date: run dev/lua_api_page.sh" >&2
        exit 1
    }
else
    print_page >"$page"
fi
