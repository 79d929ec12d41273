-- A task that is resumed by hand while it calls gets the resume's values, and the answer is dropped.
service.define("slow", { wait = function(ms) sys.wait(ms) return ms end })
local co = sys.taskInit(function()
    print(service.call("slow", "wait", 50))
    print(mcu.ticks())
    print(service.call("slow", "wait", 100))
    print(mcu.ticks())
end)
sys.timerStart(function() coroutine.resume(co, "by", "hand") end, 10)
-- expect: by	hand
-- expect: 10
-- expect: true	100
-- expect: 110
