-- Timers call a function later: once, again and again, or n times.

local function say(text)
    log.info("timer", text, mcu.ticks(), "ms")
end

sys.timerStart(say, 1000, "once")           -- arguments follow the time
sys.timerAdvStart(say, 250, 2, "three times") -- the first and 2 more

local ticks = 0
local id -- what stops a timer: its id, or its function and arguments
id = sys.timerLoopStart(function()
    ticks = ticks + 1
    say("tick " .. ticks)
    if ticks == 4 then
        sys.timerStop(id)
    end
end, 400)

sys.timerStart(say, 300, "never")
sys.timerStop(say, "never") -- the same function and arguments

sys.run()
