-- weft.scope(fn, ms): what is not done by then is cancelled: nil, "timeout".
sys.taskInit(function()
    local function work(n) while true do sys.wait(n) end end
    print(weft.scope(function(s) s:spawn(work, 7) s:spawn(work, 3) return "done" end, 20))
    print(mcu.ticks())
    print(weft.scope(function(s) work(5) end, 20))
    print(mcu.ticks())
    print(weft.scope(function(s) sys.wait(5) return "in time" end, 20))
    print(mcu.ticks())
    print(weft.scope(function(s) s:spawn(work, 1) end, 0))
    print(pcall(weft.scope, print, -1))
    print(pcall(weft.scope, print, {}))
end)
-- expect: nil	timeout
-- expect: 20
-- expect: nil	timeout
-- expect: 40
-- expect: in time
-- expect: 45
-- expect: nil	timeout
-- expect: false	bad argument #2 to 'weft.scope' (milliseconds must be a whole number from 0 on)
-- expect: false	bad argument #2 to 'weft.scope' (number of milliseconds expected)
