# new_board.sh - `weft new --board`
# SPDX-License-Identifier: MIT

test_new_board_lists_the_boards() {
    weft new --board
    expect_status 0
    diff <(cd "$here/../../boards" && echo */board.mk | tr ' ' '\n' |
        sed 's,/.*,,' | sort) <(cut -d ' ' -f 1 out) ||
        fail "other boards than in boards/"
    grep -q '^qemu-m3  *[A-Z]' out || fail "does not say what they are"
}

test_new_board_that_is_none() {
    refused "no board 'toaster'; there are qemu-m0, qemu-m3," \
        new --board toaster folder
    [ ! -e folder ] || fail "made a folder"
    refused "which folder" new --board qemu-m3
    refused "unknown option --force" new --board qemu-m3 --force
    mkdir full
    echo mine >full/main.c
    refused "'full' is not empty" new --board qemu-m3 full
}

test_new_board_in_a_folder_that_make_cannot_take() {
    refused "make cannot build in 'with space': it takes no spaces" \
        new --board qemu-m3 "with space"
    [ ! -e "with space" ] || fail "made a folder"
    weft new --board qemu-m3 project
    mkdir "a b"
    ! make -C project -f "$PWD/project/Makefile" CURDIR="$PWD/a b" \
        >out 2>&1 || fail "built with a space"
    grep -q "make takes no spaces in the name of a folder: $PWD/a b" out ||
        fail "does not say what is wrong"
    cd "a b"
    refused "/a b/project': it takes no spaces" new --board qemu-m3 \
        "$PWD/project"
    refused "/a b': it takes no spaces" new --board qemu-m3 project
}

test_new_board_without_weft() {
    weft new --board qemu-m3 project
    expect_err "weft: made project; now: make run -C project"
    ! make -C project WEFT=/nowhere >out 2>&1 || fail "built from nothing"
    grep -q 'no Weft in "/nowhere": make WEFT=its folder' out ||
        fail "does not say what is missing"
}

# make_run FILE: what `make run` prints for two seconds goes to FILE.
make_run() {
    LIMIT=2 make run -C project >"$1" 2>&1 || fail "$(tail "$1")"
}

# make_refuses WORDS: make fails, and one of its lines has them.
make_refuses() {
    ! make -C project >make.txt 2>&1 || fail "make went on; not: $1"
    grep -qF -- "$1" make.txt || fail "not '$1' but: $(cat make.txt)"
}

test_new_board_makes_firmware_that_runs() {
    lua=$here/../../.deps/lua/tree/src/luaconf.h
    [ -e "$lua" ] || echo "skip: new_board_lua: no source of Lua"
    command -v arm-none-eabi-gcc >make.txt &&
        command -v qemu-system-arm >make.txt || {
        echo "skip: new_board: no cross compiler or no QEMU"
        return 0
    }
    weft new --board qemu-m3 project
    expect_status 0
    for file in Makefile main.c README.md .gitignore; do
        [ -s "project/$file" ] || fail "no $file"
    done
    make -C project >make.txt 2>&1 || fail "$(tail make.txt)"
    LIMIT=10 make run -C project >led.txt 2>&1 || fail "$(cat led.txt)"
    grep -q '^led 0 on' led.txt && grep -q '^led 0 off' led.txt &&
        grep -q '^led 1 on' led.txt || fail "$(cat led.txt)"
    make -s -C project flash | grep -q 'openocd' || fail "flash says nothing"
    new_board_takes_all_c_files
    new_board_says_what_sources_are_missing
    new_board_says_what_compiler_is_missing
    [ ! -e "$lua" ] || new_board_takes_scripts
}

new_board_takes_all_c_files() {
    echo 'int more(void); int more(void) { return 42; }' >project/more.c
    cat >project/main.c <<'C'
#include <stdio.h>
#include "boards/board.h"
int more(void);
int main(void) { printf("more is %d\n", more()); board_exit(0); }
C
    make_run out.txt
    grep -q '^more is 42' out.txt || fail "$(cat out.txt)"
    rm project/more.c
    make_refuses "undefined reference to \`more'"
}

new_board_says_what_sources_are_missing() {
    echo 'print("in Lua")' >project/main.lua
    make_refuses "main.lua beside main.c: firmware is in Lua or in C"
    rm project/main.c project/main.lua
    make_refuses "no main.c and no main.lua in $PWD/project"
}

new_board_says_what_compiler_is_missing() {
    echo 'int main(void) { return 0; }' >project/main.c
    ! make -C project BOARD=qemu-m3 CROSS=no-such- >make.txt 2>&1 ||
        fail "built without a compiler"
    grep -q 'qemu-m3: no no-such-gcc: dev/install_deps.sh firmware (in /' \
        make.txt || fail "$(cat make.txt)"
    rm project/main.c
}

# It was C before, in the same build, and newer than the script.
new_board_takes_scripts() {
    mkdir project/lib
    echo 'return {word = "one"}' >project/lib/mod.lua
    printf 'print(require("lib.mod").word)\n' >project/main.lua
    touch -d yesterday project/main.lua
    make_run out.txt
    grep -q '^one' out.txt || fail "$(cat out.txt)"
    echo 'return {word = "two"}' >project/lib/mod.lua
    make_run out.txt
    grep -q '^two' out.txt || fail "$(cat out.txt)"
    echo 'if then' >project/main.lua
    ! LIMIT=2 make run -C project >out.txt 2>&1 || fail "$(cat out.txt)"
    grep -q 'main.lua:1: unexpected symbol' out.txt || fail "$(cat out.txt)"
}

test_a_script_that_cannot_be_read_is_not_embedded() {
    echo 'print(1)' >main.lua
    ln -s nowhere mod.lua
    ! "$here/../../dev/embed_scripts.sh" main.lua >out 2>err ||
        fail "embedded a script that it could not read"
    grep -q 'mod.lua' err || fail "does not say which"
}
