# outputs.sh - --vcd and --trace: what is in the files, also after a hard end
# SPDX-License-Identifier: MIT

check_vcd() { # check_vcd FILE: sets $changes
    changes=$(awk -f "$here/support/vcd_check.awk" "$1") || fail "$changes"
}

check_trace() { # of trace.json: sets $phases
    phases=$("$WEFT" run -q --virtual "$here/support/json_check.lua") ||
        fail "trace.json: $phases"
    if command -v python3 >/dev/null; then
        python3 -m json.tool trace.json >/dev/null || fail "not JSON"
    fi
}

busy() { # busy FILE: tasks, messages, timers, names that need escapes
    script "$1" <<'LUA'
local sys = require "sys"
local led = gpio.setup(27, 0)
sys.taskInit(function()
    while true do
        led(1)
        sys.wait(100)
        led(0)
        sys.publish('TICK "quoted" \\ \n \1 \xff \xc3\xa9 ' .. ("x"):rep(200))
        sys.wait(100)
    end
end)
sys.taskInit(function()
    while true do sys.waitUntil("OTHER", 150) end
end)
sys.subscribe("TOCK", function() end)
sys.timerLoopStart(function() sys.publish("TOCK") sys.publish("OTHER") end, 70)
sys.run()
LUA
}

test_vcd_holds_the_changes() {
    blink main.lua
    weft run --virtual --for 2250ms --vcd pins.vcd main.lua
    expect_status 0
    check_vcd pins.vcd
    [ "$changes" = "69 changes up to 2250000" ] || fail "$changes"
    grep -q ' LED \$end' pins.vcd || fail "the LED has no name"
    weft run --virtual --for 1s --vcd pins.vcd main.lua main.lua
    check_vcd pins.vcd
    [ "$(grep -c '^\$scope' pins.vcd)" = 2 ] || fail "not two scopes"
}

test_vcd_names_have_no_spaces() {
    hello "a name.lua"
    weft run --virtual --vcd pins.vcd "a name.lua"
    check_vcd pins.vcd
    grep -q 'module a_name.lua ' pins.vcd || fail "no scope a_name.lua"
}

test_trace_holds_tasks_waits_messages_timers_pins() {
    busy main.lua
    weft run --virtual --for 2s --trace trace.json main.lua
    expect_status 0
    check_trace
    for phase in C M X f i s; do
        grep -q "^$phase" <<<"$phases" || fail "no events $phase: $phases"
    done
    for words in '"cat":"wait"' '"cat":"run"' 'gpio 27 LED' 'timer fire' \
        'post TOCK' 'take TOCK' 'quoted\u0022'; do
        grep -qF "$words" trace.json || fail "no $words"
    done
}

test_outputs_are_whole_after_every_end() {
    busy main.lua
    weft run --for 600ms --trace trace.json --vcd pins.vcd main.lua
    expect_status 0
    check_trace
    check_vcd pins.vcd
    { cat main.lua | sed '/^sys.run/d'
      echo 'sys.timerStart(function() os.exit(3) end, 300) sys.run()'
    } >exit.lua
    weft run --trace trace.json --vcd pins.vcd exit.lua
    expect_status 3
    check_trace
    check_vcd pins.vcd
    status=0
    timeout -s INT 1 "$WEFT" run --trace trace.json --vcd pins.vcd main.lua \
        >out 2>err || status=$?
    check_trace
    check_vcd pins.vcd
    timeout -s KILL 1 "$WEFT" run --trace trace.json --vcd pins.vcd main.lua \
        >out 2>err || status=$?
    check_trace
    check_vcd pins.vcd
    [ "$(wc -l <trace.json)" -gt 20 ] || fail "nothing was written before"
}

test_a_long_trace_is_written_as_it_comes() {
    busy main.lua
    weft run -q --virtual --for 10m --trace trace.json main.lua
    expect_status 0
    check_trace
    [ "$(wc -l <trace.json)" -gt 30000 ] || fail "events are missing"
}

test_outputs_that_cannot_be_written_are_refused_before_anything_runs() {
    hello main.lua
    for option in --vcd --trace; do
        refused "cannot write no/such/file" run $option no/such/file main.lua
        mkdir -p folder
        refused "cannot write folder" run $option folder main.lua
        refused "empty" run $option "" main.lua
        refused "is the script itself" run $option main.lua main.lua
        refused "is the script itself" run $option ./main.lua main.lua
    done
    [ "$(cat main.lua)" = 'print("hello")' ] || fail "the script is gone"
    refused "are both" run --vcd same --trace ./same main.lua
    echo 'local = 1' >bad.lua
    echo precious >kept.vcd
    refused "bad.lua:1" run --vcd kept.vcd bad.lua
    [ "$(cat kept.vcd)" = precious ] || fail "emptied for nothing"
}

test_no_file_is_written_by_two_or_over_an_input() {
    hello main.lua
    hello other.lua
    echo input >in.txt
    refused "--vcd and --trace are both new" \
        run --vcd new --trace ./new main.lua
    refused "--vcd and --uart 1 are both new" \
        run --vcd new --uart 1=,"$PWD/new" main.lua
    refused "--uart 0 and --uart 1 are both new" \
        run --uart 1=,new --uart 0=,new main.lua
    ln -s new link
    refused "are both new" run --vcd new --trace link main.lua
    [ ! -e new ] || fail "made before it was refused"
    refused "--uart 1: in.txt is what --uart 1 reads" \
        run --uart 1=in.txt,in.txt main.lua
    ln in.txt hard
    refused "--trace: hard is what --uart 2 reads" \
        run --uart 2=in.txt --trace hard main.lua
    refused "--uart 1: main.lua is the script itself" \
        run --uart 1=,main.lua main.lua
    refused "--trace: other.lua is the script itself" \
        run --trace other.lua main.lua other.lua
    [ "$(cat in.txt)" = input ] || fail "the input was overwritten"
    mkdir folder
    weft run -q --virtual --vcd new --trace folder/new main.lua
    expect_status 0
    weft run -q --virtual --vcd /dev/null --trace /dev/null main.lua
    expect_status 0
}

test_files_of_one_name_can_be_told_apart() {
    blink main.lua
    weft run --virtual --for 1s --vcd o.vcd --trace o.json \
        main.lua main.lua main.lua
    expect_status 0
    expect_err "] main.lua: gpio 27 -> 1"
    expect_err "] main.lua#2: gpio 27 -> 1"
    expect_err "] main.lua#3: gpio 27 -> 1"
    for name in main.lua 'main.lua#2' 'main.lua#3'; do
        [ "$(grep -cF "module $name " o.vcd)" = 1 ] || fail "vcd: $name"
        [ "$(grep -F process_name o.json |
            grep -cF "{\"name\":\"$name\"}")" = 1 ] ||
            fail "trace: $name"
    done
    echo 'error("broken")' >bad.lua
    weft run --virtual bad.lua bad.lua
    expect_status 1
    expect_err "[bad.lua] "
    expect_err "[bad.lua#2] "
    long=$(printf 'folder/%.0s' $(seq 20))
    mkdir -p "$long"
    hello "$long/main.lua"
    weft run -q --virtual --vcd o.vcd --trace o.json "$long/main.lua" \
        "$long/main.lua"
    expect_status 0
    grep -q 'main.lua#2 ' o.vcd || fail "vcd: the end is cut"
    grep -q 'main.lua#2"' o.json || fail "trace: the end is cut"
}

test_a_full_disk_is_reported() {
    [ -w /dev/full ] || return 0
    hello main.lua
    weft run --virtual --vcd /dev/full main.lua
    expect_status 2
    expect_err "cannot write /dev/full"
    status=0
    "$WEFT" run --virtual -q main.lua >/dev/full 2>err || status=$?
    ran="weft >/dev/full"
    expect_status 1
    expect_err "standard output"
}

test_output_may_be_a_pipe() {
    busy main.lua
    "$WEFT" run -q --virtual --for 1s --trace /dev/stdout main.lua |
        cat >trace.json
    check_trace
}
