# trace_lines.sh - --trace: which message an arrow is of, which task is told
# SPDX-License-Identifier: MIT

# The times of the posts (s) or takes (f) in the trace with their numbers.
arrows() {
    local at='"ts":\([0-9]*\),"id":"\([0-9.]*\)"'

    sed -n "s/^,\{0,1\}{\"ph\":\"$1\".*$at.*/\2 \1/p" trace.json
}

test_a_message_lost_at_a_reboot_moves_no_arrow() {
    cat >main.lua <<'EOF'
sys.subscribe("A", function() end)
if os.time() == 946684800 then
    sys.taskInit(function()
        sys.wait(1500) sys.publish("A") sys.publish("B") rtos.reboot()
    end)
else
    for i = 1, 3 do sys.timerStart(sys.publish, i * 1000, "A", i) end
end
EOF
    "$WEFT" run -q --virtual --trace trace.json main.lua
    [ "$(arrows f | wc -l)" = 3 ] || fail "takes: $(arrows f)"
    [ "$(arrows s | tail -n 3)" = "$(arrows f)" ] ||
        fail "posts: $(arrows s), takes: $(arrows f)"
}

test_after_a_nested_task_events_are_the_outer_ones() {
    cat >main.lua <<'EOF'
sys.taskInit(function()
    sys.publish("before")
    sys.taskInit(function() sys.publish("inside") sys.wait(1) end)
    sys.publish("after")
    sys.taskInit(function() error("x") end)
    sys.publish("last")
    sys.wait(1)
end)
sys.publish("main")
EOF
    "$WEFT" run -q --virtual --trace trace.json main.lua 2>err || true
    line() {
        sed -n "s/.*\"ph\":\"i\".*\"tid\":\([0-9]*\),.*\"post $1\".*/\1/p" \
            trace.json
    }
    [ -n "$(line before)" ] || fail "no post"
    [ "$(line before)" = "$(line after)" ] || fail "after: $(line after)"
    [ "$(line before)" = "$(line last)" ] || fail "last: $(line last)"
    [ "$(line before)" != "$(line inside)" ] || fail "inside: $(line inside)"
    [ "$(line main)" -gt 1 ] || fail "main: $(line main)"
    [ "$(line main)" -lt "$(line before)" ] || fail "main: $(line main)"
}
