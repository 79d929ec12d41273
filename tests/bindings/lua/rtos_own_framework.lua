-- A framework written on rtos alone, as LuatOS's own sys.lua is, runs: waits, timers, also in a function of its own.
local waiting, timers, last = {}, {}, 0
local my = {}
function my.wait(ms)
    last = last + 1
    waiting[last] = coroutine.running()
    assert(rtos.timer_start(last, ms) == 1)
    return coroutine.yield()
end
function my.timer(fn, ms, again)
    last = last + 1
    timers[last] = fn
    rtos.timer_start(last, ms, again)
end
local function step()
    local message, id, again = rtos.receive(rtos.INF_TIMEOUT)
    if message ~= rtos.MSG_TIMER then return end
    if waiting[id] then
        local co = waiting[id]
        waiting[id] = nil
        assert(coroutine.resume(co))
    elseif timers[id] then
        timers[id](again)
    end
end
coroutine.wrap(function()
    for i = 1, 3 do my.wait(100) print("task", i, mcu.ticks()) end
end)()
my.timer(function(again) print("timer", again, mcu.ticks()) end, 150, 1)
while true do step() end
-- expect: task	1	100
-- expect: timer	1	150
-- expect: task	2	200
-- expect: timer	0	300
-- expect: task	3	300
