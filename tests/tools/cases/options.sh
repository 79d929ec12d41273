# options.sh - each option of `weft run`: what it takes, what it refuses
# SPDX-License-Identifier: MIT

test_options_unknown_missing_or_twice_are_refused() {
    hello main.lua
    refused "unknown option --nonsense" run --nonsense main.lua
    refused "unknown option -x" run -x main.lua
    refused "unknown option -x" run -qx main.lua
    refused "--for needs a value" run main.lua --for
    refused "--virtual=1: takes no value" run --virtual=1 main.lua
    refused "--for is given twice" run --for 1s --for 2s main.lua
    refused "--virtual is given twice" run --virtual --virtual main.lua
    refused "-q is given twice" run -q -q main.lua
    refused "which file" run
    refused "which file" run --virtual
}

test_durations() {
    hello main.lua
    for good in 0s 10s 250ms 20us 5m 1h 1.5s 0.25h 100000h; do
        weft run --virtual --for "$good" main.lua
        expect_status 0
    done
    for bad in "" 10 s 1d -1s +1s 1,5s 1.s .5s "1 s" " 1s" 1sx 1e3s \
        100001h 18446744073709551616s 99999999999999999999999s; do
        refused "--for '$bad': not a duration" run --for "$bad" main.lua
    done
}

test_for_ends_the_run_at_that_time() {
    blink main.lua
    weft run --virtual --for 1250ms main.lua
    expect_status 0
    expect_err "[1.000000] gpio 27 -> 1"
    expect_err "ended after 1.250000 s of virtual time: --for is over"
    weft run --virtual --for=1.5s main.lua
    expect_err "ended after 1.500000 s"
}

test_for_in_real_time() {
    blink main.lua
    weft run --for 700ms main.lua
    expect_status 0
    grep -qE '^\[0\.[0-4][0-9]{5}\] gpio 27 -> 1$' err || fail "no first change"
    expect_err "--for is over"
}

test_for_reaches_a_script_that_never_waits() {
    echo 'while true do end' >main.lua
    weft run --for 500ms main.lua
    expect_status 1
    expect_err "has run for 2000 ms without a wait, now at main.lua:1"
    expect_err "ended at once"
}

test_seeds() {
    echo 'print(math.random(1 << 40), math.random(1 << 40))' >main.lua
    weft run --virtual --seed 7 main.lua
    expect_status 0
    expect_err "seed 7"
    cp out first
    weft run --virtual --seed 7 main.lua
    cmp -s out first || fail "the same seed, another number"
    weft run --virtual --seed 8 main.lua
    ! cmp -s out first || fail "another seed, the same number"
    weft run --seed 7 main.lua
    cp out real
    weft run --seed 0x7 main.lua
    cmp -s out real || fail "in real time a seed does nothing"
    weft run --virtual --seed 18446744073709551615 main.lua
    expect_status 0
    for bad in "" x -1 1.5 0x 18446744073709551616; do
        refused "--seed '$bad'" run --seed "$bad" main.lua
    done
}

test_the_same_seed_gives_the_same_bytes() {
    script main.lua <<'LUA'
local sys = require "sys"
local t = {}
for i = 1, 50 do t["key" .. i] = i end
for i = 1, 5 do
    sys.taskInit(function()
        for n = 1, 5 do
            sys.wait(math.random(100))
            gpio.setup(i, n % 2)
            for k in pairs(t) do io.write(k, " ") end
            print(i, n, tostring(t):match("^table") )
        end
    end)
end
sys.run()
LUA
    weft run --virtual --seed 3 --trace a.json --vcd a.vcd main.lua
    expect_status 0
    cp out out1
    cp err err1
    weft run --virtual --seed 3 --trace b.json --vcd b.vcd main.lua
    cmp out out1
    cmp err err1
    cmp a.json b.json
    cmp a.vcd b.vcd
}

test_boards() {
    blink main.lua
    weft run --virtual --for 1s --board generic main.lua
    expect_status 0
    expect_err "on board generic (LED 27,"
    refused "no such board; there are generic, mini" run --board big main.lua
    weft run --virtual --for 1s --board mini main.lua
    expect_status 1
    sed 's/27/8/' main.lua >mini.lua
    weft run --virtual --for 1s --board mini mini.lua
    expect_status 0
    expect_err "on board mini (LED 8,"
    expect_err "[0.500000] gpio 8 -> 0"
}

test_memory() {
    script main.lua <<'LUA'
local ok, why = pcall(function()
    local t = {}
    for i = 1, 1e7 do t[i] = i end
end)
print(ok, why)
LUA
    weft run --virtual --memory 256K main.lua
    expect_status 0
    expect_out "$(printf 'false\tnot enough memory')"
    for good in 64K 262144 1M 1G; do
        hello hello.lua
        weft run --virtual --memory "$good" hello.lua
        expect_status 0
    done
    for bad in "" K 256KB -1 1.5M 99999999999999999999 18446744073709551615G
    do
        refused "--memory '$bad'" run --memory "$bad" main.lua
    done
    refused "too little" run --memory 10K main.lua
}

test_memory_exhausted_is_status_1() {
    echo 'local t = {} for i = 1, 1e8 do t[i] = i end' >main.lua
    weft run --virtual --memory 256K main.lua
    expect_status 1
    expect_err "not enough memory"
}

test_press() {
    script main.lua <<'LUA'
local sys = require "sys"
gpio.setup(0, function(level) print("button", level) end, gpio.PULLUP)
sys.run()
LUA
    weft run --virtual --press 0@1s --press 0@2s+300ms main.lua
    expect_status 0
    expect_out "$(printf 'button\t0\nbutton\t1\nbutton\t0\nbutton\t1')"
    for line in "[1.000000] gpio 0 -> 0" "[1.100000] gpio 0 -> 1" \
        "[2.000000] gpio 0 -> 0" "[2.300000] gpio 0 -> 1"; do
        expect_err "$line"
    done
    expect_err "ended after 2.300000 s"
    for bad in "" 0 @1s 0@ 0@1 0@x x@1s -1@1s 0@1s+ 0@1s+0s 0@1s+1 999@1s; do
        refused "--press '$bad'" run --press "$bad" main.lua
    done
    refused "board generic has no pin 64" run --press 64@1s main.lua
    refused "board mini has no pin 22" run --press 22@1s --board mini main.lua
    refused "board mini has no pin 22" run --board mini --press 22@1s main.lua
}

test_kill_stuck() {
    echo 'while true do end' >main.lua
    weft run --kill-stuck main.lua
    expect_status 1
    expect_err "main.lua:1"
}

test_quiet_says_errors_only() {
    blink main.lua
    weft run --virtual -q --for 3s main.lua
    expect_status 0
    [ ! -s err ] || fail "says something"
    weft run -q --for 100ms main.lua
    [ ! -s err ] || fail "says something"
    echo 'error("broken")' >bad.lua
    weft run --virtual -q bad.lua
    expect_status 1
    expect_err "broken"
}

test_options_may_stand_behind_files() {
    hello main.lua
    weft run main.lua --virtual -q
    expect_status 0
    expect_out hello
    hello --virtual
    weft run --virtual -- --virtual
    expect_status 0
    expect_out hello
}

test_virtual_without_the_simulator_says_so() {
    cp "$WEFT" ./weft
    hello main.lua
    status=0
    ./weft run --virtual main.lua >out 2>err || status=$?
    ran="weft without weft-sim"
    expect_status 2
    expect_err "cannot start"
    expect_err "weft-sim"
    [ "$(wc -l <err)" = 1 ] || fail "not one line"
}
