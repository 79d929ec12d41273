# lib.sh - checks for the tests in cases/
# SPDX-License-Identifier: MIT

fail() {
    echo "$*"
    for stream in out err; do
        [ ! -s "$stream" ] || { echo "--- $stream"; head -n 15 "$stream"; }
    done
    exit 1
}

# weft WORDS...: runs it, at most 60 s; then $status and the files out, err.
weft() {
    ran="weft $*"
    status=0
    timeout -k 5 60 "$WEFT" "$@" >out 2>err </dev/null || status=$?
}

# script NAME: writes standard input to a script file.
script() { cat >"$1"; }

expect_status() { # expect_status N
    [ "$status" = "$1" ] || fail "$ran: status $status, expected $1"
}
expect_out() { # expect_out TEXT: standard output is exactly that
    [ "$(cat out)" = "$1" ] || fail "$ran: stdout is not '$1'"
}
expect_err() { # expect_err WORDS: they stand in standard error
    grep -qF -- "$1" err || fail "$ran: no '$1' in stderr"
}
expect_no_err() {
    ! grep -qF -- "$1" err || fail "$ran: '$1' in stderr"
}

# refused WORDS WHAT...: `weft WHAT...` says one line with WORDS in it, gives
# status 2 and leaves standard output alone.
refused() {
    local words=$1
    shift
    weft "$@"
    expect_status 2
    expect_out ""
    [ "$(wc -l <err)" = 1 ] || fail "$ran: not one line on stderr"
    expect_err "$words"
    [ "$(head -c 6 err)" = "weft: " ] || fail "$ran: does not say who speaks"
}

hello() { # hello FILE: a script that prints and ends
    echo 'print("hello")' >"$1"
}

blink() { # blink FILE: a script that blinks for ever, one period a second
    script "$1" <<'LUA'
local sys = require "sys"
local led = gpio.setup(27, 0)
sys.taskInit(function()
    while true do
        led(1)
        sys.wait(500)
        led(0)
        sys.wait(500)
    end
end)
sys.run()
LUA
}
