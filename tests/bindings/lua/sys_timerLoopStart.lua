-- sys.timerLoopStart repeats without drift until it is stopped.
local n = 0
local id
id = sys.timerLoopStart(function(tag)
    n = n + 1
    print(tag, mcu.ticks())
    if n == 3 then sys.timerStop(id) end
end, 100, "tick")
-- expect: tick	100
-- expect: tick	200
-- expect: tick	300
