# terminal.sh - on a terminal: the live line, keys, Ctrl-C; made by script(1)
# SPDX-License-Identifier: MIT

# terminal COMMAND: runs it on a pseudo terminal with the keys that come on
# standard input; what the terminal got is in screen, the status in $status.
# Ctrl-C reaches the shell there too, and not every shell outlives it; a trap,
# unlike an ignored signal, is not handed on to what the shell starts.
terminal() {
    command -v script >/dev/null || return 0
    ran="terminal: $1"
    status=0
    SHELL=/bin/sh timeout -k 5 60 script -qec "trap : INT; $1" screen \
        >out || status=$?
}

seen() { grep -qF -- "$1" screen || fail "$ran: no '$1' on the screen"; }
not_seen() { ! grep -qF -- "$1" screen || fail "$ran: '$1' on the screen"; }

test_a_live_line_shows_the_board() {
    blink main.lua
    terminal "'$WEFT' run main.lua --for 1500ms" </dev/null
    expect_status 0
    seen "LED ●  LED2 ○  BOOT[0] ○  USER[2] ○"
    seen "LED ○  LED2 ○"
    not_seen "gpio 27"
    seen "running main.lua on board generic"
    seen "ended after 1."
}

test_the_live_line_is_drawn_at_most_20_times_a_second() {
    script main.lua <<'LUA'
local sys = require "sys"
sys.taskInit(function()
    local level = 0
    while true do
        level = 1 - level
        gpio.setup(27, level)
        sys.wait(2)
    end
end)
sys.run()
LUA
    terminal "'$WEFT' run main.lua --for 2s" </dev/null
    draws=$(grep -o 'LED2' screen | wc -l)
    [ "$draws" -ge 5 ] || fail "$draws draws in 2 s"
    [ "$draws" -le 44 ] || fail "$draws draws in 2 s"
}

test_the_live_line_leaves_the_output_alone() {
    script main.lua <<'LUA'
local sys = require "sys"
sys.taskInit(function()
    for i = 1, 20 do
        io.write("part ", i)
        sys.wait(30)
        io.write(" end\n")
        sys.wait(30)
    end
end)
sys.run()
LUA
    terminal "'$WEFT' run main.lua" </dev/null
    expect_status 0
    for i in 1 9 20; do
        seen "part $i end"
    done
    "$WEFT" run main.lua >out 2>err
    [ "$(wc -l <out)" = 20 ] || fail "not 20 lines"
}

test_plain_letters_without_utf8() {
    blink main.lua
    LC_ALL=C terminal "'$WEFT' run main.lua --for 200ms" </dev/null
    seen "LED #  LED2 -"
}

test_the_start_line_fits_in_80_columns() {
    blink main.lua
    terminal "stty cols 80; '$WEFT' run main.lua --for 100ms" </dev/null
    seen "running main.lua on board generic (keys 0 2) - ends after 0.1 s"
    terminal "stty cols 40; '$WEFT' run main.lua --for 100ms" </dev/null
    seen "running main.lua on board generic"
    not_seen "keys"
}

test_keys_press_buttons() {
    script main.lua <<'LUA'
local sys = require "sys"
gpio.setup(0, function() print("pressed") os.exit(5) end, gpio.PULLUP,
           gpio.FALLING)
print("ready")
sys.run()
LUA
    terminal "'$WEFT' run main.lua" < <(sleep 2; printf x0; sleep 5)
    expect_status 5
    seen pressed
    seen "keys 0 2)"
}

test_the_terminal_is_put_back() {
    blink main.lua
    echo 'error("x", 0)' >bad.lua
    echo 'os.exit(3)' >exit.lua
    terminal "stty -a >before; '$WEFT' run main.lua --for 300ms;
        stty -a >after1; '$WEFT' run bad.lua; stty -a >after2;
        '$WEFT' run exit.lua; stty -a >after3" </dev/null
    seen "keys 0 2)" # it was raw
    for file in after1 after2 after3; do
        cmp before $file
    done
}

test_ctrl_c_ends_in_order() {
    blink main.lua
    terminal "stty -a >before; '$WEFT' run main.lua; echo status \$?;
        stty -a >after" < <(sleep 2; printf '\003'; sleep 2)
    seen "ended after"
    seen "Ctrl-C"
    seen "status 0"
    cmp before after
}

test_ctrl_c_twice_ends_at_once() {
    echo 'pcall(function() while true do pcall(error) end end)' >main.lua
    terminal "stty -a >before; '$WEFT' run main.lua; echo status \$?;
        stty -a >after" < <(sleep 2; printf '\003'; sleep 0.5; printf '\003'
        sleep 2)
    seen "status 130"
    cmp before after
}

test_signals_that_end_us_put_the_terminal_back() {
    blink main.lua
    for signal in TERM HUP QUIT SEGV; do
        terminal "stty -a >before
            sh -c 'echo \$\$ >pid; exec \"$WEFT\" run main.lua'
            stty -a >after" < <(sleep 2; kill -s "$signal" "$(cat pid)"
            sleep 1)
        seen "keys 0 2)"
        cmp before after
    done
}

test_a_pty_is_the_other_end_of_a_uart() {
    script main.lua <<'LUA'
local sys = require "sys"
uart.setup(1, 115200)
uart.on(1, "receive", function(id)
    local data = uart.read(id, 1024)
    uart.write(id, data:upper())
    if data:find("bye") then sys.timerStart(os.exit, 500, 0) end
end)
sys.run()
LUA
    "$WEFT" run --uart 1=pty main.lua >out 2>err &
    pid=$!
    for _ in $(seq 50); do
        port=$(sed -n 's/^weft: uart 1 is //p' err)
        [ -z "$port" ] || break
        sleep 0.1
    done
    [ -n "$port" ] || fail "no name of a terminal"
    exec 3<>"$port"
    printf 'hello\n' >&3
    read -r -t 10 answer <&3 || fail "no answer"
    [ "$answer" = HELLO ] || fail "answer $answer"
    printf 'bye\n' >&3
    wait $pid || fail "status $?"
}

test_virtual_time_shows_progress_after_two_seconds() {
    script main.lua <<'LUA'
local sys = require "sys"
sys.taskInit(function() while true do sys.wait(1) end end)
sys.run()
LUA
    terminal "'$WEFT' run --virtual main.lua; echo status \$?" \
        < <(sleep 4; printf '\003'; sleep 1)
    seen "1 task"
    seen "status 0"
}
