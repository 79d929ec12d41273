-- A task that yields by itself, with coroutine.yield, is in no wait of Weft's: no limit and no cancel ends it; the scope waits until somebody resumes or closes it.
local yields
sys.taskInit(function()
    print(weft.scope(function(s)
        yields = s:spawn(function()
            print("resumed", coroutine.yield())
            print("waits", pcall(sys.wait, 1))
        end)
    end, 10))
    print("over", mcu.ticks())
    print(weft.scope(function(s)
        yields = s:spawn(function() coroutine.yield() end)
        s:cancel()
        return "function"
    end))
    print("over", mcu.ticks())
end)
sys.timerStart(function() print(coroutine.resume(yields, "by hand")) end, 50)
sys.timerStart(function() print(coroutine.close(yields)) end, 70)
-- expect: resumed	by hand
-- expect: waits	false	cancelled
-- expect: true
-- expect: nil	timeout
-- expect: over	50
-- expect: true
-- expect: function
-- expect: over	70
