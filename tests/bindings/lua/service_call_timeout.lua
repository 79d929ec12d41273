-- service.call with a limit gives false and "timed out"; the answer that comes later is dropped. 0: no longer than others need to have their turn.
service.define("slow", {
    answer = function(ms) sys.wait(ms) print("answered", mcu.ticks()) return ms end,
    once = function() return "at once" end,
})
sys.taskInit(function()
    print(service.call("slow", "answer", 50, 20))
    print(mcu.ticks())
    print(service.call("slow", "answer", 50, 50.0))
    print(service.call("slow", "answer", 5, nil))
    print(service.call("slow", "answer", 5, 0))
    print(service.call("slow", "once", nil, 0))
end)
-- expect: false	timed out
-- expect: 20
-- expect: answered	50
-- expect: false	timed out
-- expect: answered	70
-- expect: answered	75
-- expect: true	5
-- expect: false	timed out
-- expect: true	at once
-- expect: answered	80
