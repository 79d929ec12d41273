-- A wait ends when the task is resumed by hand, and returns those values; its timer is gone.
local co = sys.taskInit(function()
    print("values", sys.wait(1000))
    print("none", select("#", sys.wait(1000)))
    print(mcu.ticks())
    sys.wait(5000)
    print(mcu.ticks())
end)
sys.timerStart(function() coroutine.resume(co, "a", nil, "c") end, 100)
sys.timerStart(function() coroutine.resume(co) end, 200)
-- expect: values	a	nil	c
-- expect: none	0
-- expect: 200
-- expect: 5200
