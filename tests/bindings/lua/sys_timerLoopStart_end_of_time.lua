-- What would be due past the end of the clock (2^64 us) is never due, and the machine ends without it.
-- expect error: nothing can happen any more
-- expect error: ended after
local far = 9223372036854774
sys.timerLoopStart(function() print("loop", mcu.ticks()) end, far)
rtos.timer_start(1, 9e15, -1)
sys.taskInit(function()
    for _ = 1, 3 do
        sys.wait(far)
        print("wait", mcu.ticks())
    end
end)
-- expect: loop	9223372036854774
-- expect: wait	9223372036854774
-- expect: loop	18446744073709548
-- expect: wait	18446744073709548
sys.taskInit(function()
    sys.wait(far)
    sys.wait(far)
    print(sys.timerIsActive(sys.timerStart(print, far))) -- expect: true
end)
