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

test_new_board_without_weft() {
    weft new --board qemu-m3 project
    expect_err "weft: made project; now: make run -C project"
    ! make -C project WEFT=/nowhere >out 2>&1 || fail "built from nothing"
    grep -q 'no Weft in "/nowhere": make WEFT=its folder' out ||
        fail "does not say what is missing"
}

test_new_board_makes_firmware_that_runs() {
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
}

test_a_script_that_cannot_be_read_is_not_embedded() {
    echo 'print(1)' >main.lua
    ln -s nowhere mod.lua
    ! "$here/../../dev/embed_scripts.sh" main.lua >out 2>err ||
        fail "embedded a script that it could not read"
    grep -q 'mod.lua' err || fail "does not say which"
}
