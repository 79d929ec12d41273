-- A report goes on after a NUL byte, which is written \0: in a task, a callback, the main program.
-- status: 1
-- expect error: error_nul.lua:7: before\0after the nul\0
-- expect error: subscriber: \0in a callback
-- expect error: timer callback: from \0 an object
-- expect error: error_nul.lua:14: main\0program
sys.taskInit(function() error("before\0after the nul\0") end)
sys.subscribe("A", function() error("\0in a callback", 0) end)
sys.timerStart(function()
    error(setmetatable({}, {__tostring = function() return "from \0 an object" end}))
end, 10)
rtos.timer_start(1, 20, 0)
sys.publish("A")
if rtos.receive(100) then error("main\0program") end
