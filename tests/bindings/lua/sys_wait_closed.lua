-- A coroutine that is closed while it waits waits no more, and the program ends.
local co = coroutine.create(function() sys.wait(1000000) end)
coroutine.resume(co)
print(coroutine.close(co), coroutine.status(co)) -- expect: true	dead
sys.timerStart(function() print(mcu.ticks()) end, 10) -- expect: 10
-- run: --for 20s
