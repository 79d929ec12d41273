#!/usr/bin/env bash
# embed_scripts.sh - a C file with Lua scripts, to be linked into firmware
# SPDX-License-Identifier: MIT
#
#   dev/embed_scripts.sh FOLDER/main.lua >scripts.c
#
# The script comes first, then all others below its folder if its name is
# main.lua, so that require finds them. What a comment "-- run: --for 10s
# --press 0@2s+20ms" asks for becomes board_lua_run (boards/lua/run.h).
set -euo pipefail
main=$1
folder=$(dirname "$main")

files() {
    echo "${main#"$folder"/}"
    [ "$(basename "$main")" != main.lua ] ||
        (cd "$folder" && find . -name '*.lua' ! -type d ! -path ./main.lua |
            sed 's,^\./,,' | sort)
}

# 10s, 250ms, 5m, 1h in microseconds
time_us() {
    local number=${1%%[a-z]*}
    case $1 in
    *ms) echo $((number * 1000)) ;;
    *s) echo $((number * 1000000)) ;;
    *m) echo $((number * 60000000)) ;;
    *h) echo $((number * 3600000000)) ;;
    *) echo "embed_scripts: '$1' is no time" >&2; exit 1 ;;
    esac
}

echo "/* $(basename "$main") and its modules, made by dev/embed_scripts.sh */"
echo '#include "boards/lua/run.h"'
echo '#include "weft/lua.h"'
number=0 table=
while read -r name; do
    echo "static const char text_$number[] = {"
    od -An -v -tu1 "$folder/$name" | sed 's/ *\([0-9]\{1,\}\)/\1,/g'
    echo "0};"
    table+="    {\"$name\", text_$number, sizeof(text_$number) - 1},"$'\n'
    number=$((number + 1))
done < <(files)
echo "const weft_lua_script_t board_lua_scripts[] = {"
echo "$table    {0, 0, 0},"
echo "};"

read -r -a options <<<"$(sed -n 's/^.*-- run: \{0,1\}//p' "$main" | head -n 1)"
for_us=0 presses=
set -- ${options[@]+"${options[@]}"}
while [ $# -gt 0 ]; do
    case $1 in
    --for) for_us=$(time_us "$2"); shift ;;
    --press)
        at=${2#*@} hold=100ms
        [ "$at" = "${at#*+}" ] || hold=${at#*+}
        presses+="    {$(time_us "${at%+*}"), $(time_us "$hold"), ${2%%@*}},"
        presses+=$'\n'
        shift ;;
    esac
    shift
done
printf 'static const board_lua_press_t presses[] = {\n%s    {0, 0, 0},\n};\n' \
    "$presses"
echo "const board_lua_run_t board_lua_run = {${for_us}u, presses};"
