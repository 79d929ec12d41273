# files.sh - scripts as they come: missing, odd, several
# SPDX-License-Identifier: MIT

test_files_that_cannot_be_run_are_refused() {
    refused "missing.lua" run missing.lua
    refused "missing.lua" run --virtual missing.lua
    mkdir folder folder.lua
    refused "folder: is a directory" run folder
    refused "folder.lua: is a directory" run folder.lua
    refused "the file name is empty" run ""
    echo text >notes.txt
    refused "notes.txt: not a .lua file" run notes.txt
    head -c 4096 "$WEFT" >binary.lua
    refused "binary.lua" run binary.lua
    printf '\033LuaT\0\0' >chunk.lua
    refused "chunk.lua" run chunk.lua
    printf 'print("a\0b")\n\0\0' >zero.lua
    refused "zero.lua" run zero.lua
}

test_an_unreadable_file_is_refused() {
    ln -s /proc/self/mem main.lua # can be opened, but not read; root, too
    refused "main.lua" run main.lua
    hello closed.lua
    chmod 000 closed.lua
    [ -r closed.lua ] || refused "closed.lua" run closed.lua
}

test_only_plain_files_of_some_size_are_read() {
    ln -s /dev/zero zero.lua
    refused "zero.lua: is not a plain file" run zero.lua
    refused "/dev/zero: is not a plain file" run /dev/zero
    mkfifo pipe.lua # nobody writes: to open it would wait for ever
    refused "pipe.lua: is not a plain file" run pipe.lua
    truncate -s 65M large.lua
    refused "large.lua: is larger than 64 MB" run large.lua
    refused "nonex: cannot be opened: No such file" run nonex
    hello main.lua
    refused "pipe.lua is not a plain file" run --uart 1=pipe.lua main.lua
    refused "large.lua is larger than 64 MB" run --uart 1=large.lua main.lua
}

test_a_syntax_error_is_one_line_with_file_and_line() {
    printf 'print("a")\nlocal = 1\n' >main.lua
    refused "main.lua:2:" run main.lua
    refused "main.lua:2:" run --virtual main.lua
    hello good.lua
    refused "main.lua:2:" run --virtual good.lua main.lua
}

test_odd_but_good_files_run() {
    printf 'print("hello")\r\nprint("again")\r\n' >crlf.lua
    weft run --virtual -q crlf.lua
    expect_status 0
    expect_out "$(printf 'hello\nagain')"
    printf 'print("hello")' >no_end.lua
    printf '\357\273\277print("hello")\n' >bom.lua
    printf '#!/usr/bin/env weft\nprint("hello")\n' >shebang.lua
    hello "a name with spaces.lua"
    hello ./-dash.lua
    hello plain
    mkdir "a folder"
    hello "a folder/main.lua"
    for file in no_end.lua bom.lua shebang.lua "a name with spaces.lua" \
        ./-dash.lua plain "a folder/main.lua"; do
        weft run --virtual -q "$file"
        expect_status 0
        expect_out hello
    done
    printf '#!/usr/bin/env weft\nlocal = 1\n' >line.lua
    refused "line.lua:2:" run line.lua
}

test_an_empty_file_runs_and_ends() {
    : >empty.lua
    weft run --virtual empty.lua
    expect_status 0
    expect_out ""
    expect_err "nothing more can happen"
    weft run empty.lua
    expect_status 0
    expect_err "nothing more can happen"
}

test_several_files_are_several_machines() {
    blink one.lua
    sed 's/27/26/; s/500/200/g' one.lua >two.lua
    weft run --virtual --for 1s one.lua two.lua
    expect_status 0
    expect_err "running 2 scripts"
    expect_err "[0.500000] one.lua: gpio 27 -> 0"
    expect_err "[0.200000] two.lua: gpio 26 -> 0"
    weft run --virtual --for 300ms one.lua one.lua
    expect_status 0
}

test_machines_do_not_share_globals_or_boards() {
    echo 'x = 1; gpio.setup(5, 1); print("one", x, gpio.get(5))' >one.lua
    echo 'print("two", x, gpio.get(5))' >two.lua
    weft run --virtual -q one.lua two.lua
    expect_status 0
    expect_out "$(printf 'one\t1\t1\ntwo\tnil\t0')"
}

test_an_error_in_one_machine_leaves_the_other() {
    echo 'error("broken")' >one.lua
    hello two.lua
    weft run --virtual one.lua two.lua
    expect_status 1
    expect_out hello
    expect_err "one.lua"
    expect_err "broken"
}

test_statuses() {
    hello main.lua
    weft run --virtual main.lua
    expect_status 0
    echo 'os.exit(7)' >main.lua
    weft run --virtual main.lua
    expect_status 7
    weft run main.lua
    expect_status 7
    echo 'os.exit(true)' >main.lua
    weft run --virtual main.lua
    expect_status 0
    echo 'error("at load")' >main.lua
    weft run --virtual main.lua
    expect_status 1
    expect_err "main.lua:1: at load"
    script main.lua <<'LUA'
local sys = require "sys"
sys.taskInit(function() sys.wait(10) error("in a task") end)
sys.run()
LUA
    weft run --virtual main.lua
    expect_status 1
    expect_err "main.lua:2: in a task"
    echo 'gpio.setup(1000, 0)' >main.lua
    weft run --virtual main.lua
    expect_status 1
}

test_the_first_bad_status_counts() {
    hello zero.lua
    echo 'os.exit(3)' >three.lua
    echo 'os.exit(4)' >four.lua
    weft run --virtual zero.lua three.lua four.lua
    expect_status 3
}

test_an_end_says_who_waits_for_ever() {
    script main.lua <<'LUA'
local sys = require "sys"
sys.taskInit(function() sys.waitUntil("NEVER") end)
sys.run()
LUA
    weft run --virtual main.lua
    expect_status 0
    expect_err "these wait for ever"
    expect_err "NEVER"
    weft run main.lua
    expect_status 0
    expect_err "NEVER"
}

test_a_subscribed_pin_waits_only_for_what_can_move_it() {
    script main.lua <<'LUA'
local sys = require "sys"
gpio.setup(0, function() print("pressed") end, gpio.PULLUP, gpio.FALLING)
sys.run()
LUA
    weft run main.lua
    expect_status 0
    expect_out ""
    weft run --press 0@200ms main.lua
    expect_status 0
    expect_out pressed
}

test_the_watchdog_resets_the_board() {
    script main.lua <<'LUA'
local sys = require "sys"
print("boot")
wdt.init(3000)
sys.taskInit(function() sys.waitUntil("NEVER") end)
sys.run()
LUA
    weft run --virtual main.lua
    expect_status 1
    expect_err "watchdog was not fed for 3000 ms"
    [ "$(grep -c boot out)" = 11 ] || fail "not one start and ten reboots"
    script fed.lua <<'LUA'
local sys = require "sys"
wdt.init(3000)
sys.taskInit(function()
    for _ = 1, 5 do sys.wait(2000) wdt.feed() end
    os.exit(0)
end)
sys.run()
LUA
    weft run --virtual fed.lua
    expect_status 0
    expect_no_err "watchdog"
}

test_uart_files() {
    script main.lua <<'LUA'
local sys = require "sys"
uart.setup(1, 115200)
uart.on(1, "receive", function(id)
    local data = uart.read(id, 1024)
    io.write(data)
    uart.write(id, data:upper())
end)
sys.run()
LUA
    printf 'one\ntwo\n' >in.txt
    weft run --virtual --uart 1=in.txt,sent.txt main.lua
    expect_status 0
    expect_out "$(printf 'one\ntwo')"
    [ "$(cat sent.txt)" = "$(printf 'ONE\nTWO')" ] ||
        fail "sent: $(cat sent.txt)"
    expect_err 'uart 1 -> "ONE\n"'
    weft run --uart 1=in.txt main.lua
    expect_status 0
    expect_out "$(printf 'one\ntwo')"
    weft run --virtual --uart 1=,sent.txt main.lua
    expect_status 0
    for bad in "" 1 1= =x x=y 1=,; do
        refused "--uart '$bad'" run --uart "$bad" main.lua
    done
    refused "no port 4" run --uart 4=in.txt main.lua
    refused "no port 2" run --board mini --uart 2=in.txt main.lua
    refused "given twice" run --uart 1=in.txt --uart 1=loop main.lua
    refused "cannot read" run --uart 1=missing main.lua
    refused ". is a directory" run --uart 1=. main.lua
    refused "cannot write" run --uart 1=in.txt,no/such/file main.lua
    refused "is the script itself" run --uart 1=in.txt,main.lua main.lua
    refused "real time" run --virtual --uart 1=pty main.lua
    refused "one by one" run --uart 1=in.txt main.lua main.lua
    grep -q uart main.lua || fail "the script was overwritten"
}

test_uart_loop() {
    script main.lua <<'LUA'
local sys = require "sys"
uart.setup(1, 9600)
uart.on(1, "receive", function(id) print(uart.read(id, 100)) end)
uart.write(1, "echo")
sys.run()
LUA
    weft run --virtual --uart 1=loop main.lua
    expect_status 0
    expect_out echo
    weft run --virtual main.lua
    expect_status 0
    expect_out ""
    expect_err "nothing at its other end"
}
