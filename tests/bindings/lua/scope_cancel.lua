-- scope:cancel() ends the waits of all its tasks, the function's too: nil, "cancelled"; a function that has returned keeps its results.
sys.taskInit(function()
    print(weft.scope(function(s)
        s:spawn(function() sys.wait(10) s:cancel() s:cancel() end)
        sys.wait(1000)
        return "never"
    end))
    print(mcu.ticks())
    print(weft.scope(function(s)
        s:spawn(function() sys.wait(1000) end)
        sys.timerStart(s.cancel, 10, s)
        return "first"
    end))
    print(mcu.ticks())
end)
-- expect: nil	cancelled
-- expect: 10
-- expect: first
-- expect: 20
