-- service.define(name, {op = function(value) ... end}): a service whose operations run as tasks, several at once.
service.define("clock", {
    after = function(ms) sys.wait(ms) return ms, mcu.ticks() end,
    now = function() return mcu.ticks() end,
    ask = function(op) return service.call("clock", op) end,
})
for _, ms in ipairs { 30, 10, 20 } do
    sys.taskInit(function() print(service.call("clock", "after", ms)) end)
end
sys.taskInit(function() print(service.call("clock", "now")) end)
sys.taskInit(function() print(service.call("clock", "ask", "now")) end)
-- expect: true	0
-- expect: true	true	0
-- expect: true	10	10
-- expect: true	20	20
-- expect: true	30	30
