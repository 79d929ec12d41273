# commands.sh - help, version, new, and commands that are not there
# SPDX-License-Identifier: MIT

test_version_is_one_line() {
    weft --version
    expect_status 0
    grep -qxE 'weft [0-9]+\.[0-9]+\.[0-9]+' out || fail "not a version"
    refused "takes nothing more" --version x
}

test_version_of_the_simulator_says_so() {
    "${WEFT}-sim" --version >out
    grep -qxE 'weft [0-9.]+ \(simulator\)' out || fail "not a version"
}

test_help_goes_to_standard_output() {
    for words in help --help -h "help run" "help new" "help help" \
        "run --help" "new --help"; do
        # shellcheck disable=SC2086
        weft $words
        expect_status 0
        [ -s out ] || fail "$ran: says nothing"
        [ ! -s err ] || fail "$ran: writes to stderr"
    done
    weft help run
    for option in --virtual --for --seed --board --memory --kill-stuck \
        --press --vcd --trace --uart -q; do
        grep -qF -- " $option" out || fail "help run has no $option"
    done
    grep -q 'generic.*LED 27' out || fail "help run has no boards"
}

test_help_of_nothing_known_is_refused() {
    refused "no command 'nonsense'" help nonsense
    refused "one command at a time" help run new
}

test_no_words_show_the_help_and_fail() {
    weft
    expect_status 2
    grep -q 'weft run' out err || fail "no help"
}

test_unknown_commands_are_refused() {
    refused "no command 'blink'" blink
    refused "unknown option --blink" --blink
    refused 'write `weft run main.lua`' main.lua
}

test_commands_to_come_say_so() {
    for command in sim fuzz trace actor; do
        refused "$command: not yet" "$command" x
    done
    refused "Janet: not yet" run actor.janet
    hello main.lua
    refused "--dash: not yet" run --dash 127.0.0.1:80 main.lua
}

test_new_makes_a_project_that_runs() {
    weft new "my project"
    expect_status 0
    expect_out ""
    expect_err "weft run 'my project/main.lua'"
    for file in main.lua README.md .gitignore; do
        [ -s "my project/$file" ] || fail "no $file"
    done
    weft run --virtual --for 3s --press 0@1.2s "my project/main.lua"
    expect_status 0
    expect_err "[0.500000] gpio 27 -> 0"
    grep -q "button.*pressed" out || fail "the button does nothing"
}

test_new_takes_an_empty_folder() {
    mkdir empty
    weft new empty
    expect_status 0
    [ -s empty/main.lua ] || fail "no main.lua"
}

test_new_refuses_what_is_there() {
    mkdir full
    echo mine >full/main.lua
    refused "'full' is not empty" new full
    [ "$(cat full/main.lua)" = mine ] || fail "overwritten"
    echo x >file
    refused "'file'" new file
    refused "which folder" new
    refused "which folder" new a b
    refused "which folder" new ""
    refused "cannot make" new no/such/folder
    refused "unknown option --force" new --force
}

test_a_storm_lets_other_machines_run() {
    echo 'sys.subscribe("A", function() sys.publish("A") end)
        sys.publish("A")' >storm.lua
    echo 'sys.timerLoopStart(function() print(mcu.ticks()) end, 2)' >tick.lua
    weft run --virtual --for 7ms storm.lua tick.lua
    expect_status 0
    expect_out "2
4
6"
}

# asked_to_end WORDS...: `weft WORDS...` with two signals in one when its
# script has made the file on; so timeout(1) without --foreground sends them.
asked_to_end() {
    ran="weft $*, then SIGTERM"
    status=0
    rm -f on
    timeout --foreground -k 5 60 "$WEFT" "$@" >out 2>err </dev/null &
    until [ -e on ]; do sleep 0.01; done
    kill -TERM $!
    kill -TERM $! || true
}

test_a_storm_obeys_the_first_signal() {
    echo 'sys.subscribe("A", function() sys.publish("A") end)
        io.open("on", "w"):close() sys.publish("A")' >storm.lua
    for time in "" --virtual; do
        asked_to_end run $time storm.lua
        wait $! || status=$?
        expect_no_err "at once"
        expect_status 0
        expect_err "ended after"
    done
}

test_a_signal_long_after_the_first_ends_at_once() {
    echo 'io.open("on", "w"):close() while true do end' >loop.lua
    for time in "" --virtual; do
        asked_to_end run $time loop.lua
        sleep 0.4
        kill -TERM $!
        wait $! || status=$?
        expect_status 143
        expect_no_err "ended"
    done
}

test_a_script_that_always_reboots_leaves_time_to_others() {
    echo 'rtos.reboot()' >boot.lua
    echo 'sys.timerLoopStart(print, 20, "tick")' >tick.lua
    weft run --for 500ms boot.lua tick.lua
    expect_status 0
    expect_err "--for is over"
    [ "$(wc -l <out)" -ge 10 ] || fail "few ticks"
}

test_new_prints_a_command_that_a_shell_takes() {
    weft new "my proj"
    expect_err "weft run 'my proj/main.lua'"
    weft new "it's"
    expect_err "weft run 'it'\\''s/main.lua'"
    weft new plain
    expect_err "weft run plain/main.lua"
}

test_one_step_is_not_steps() {
    : >empty.lua
    weft run --virtual empty.lua
    expect_err "; 1 step, seed 1"
}
