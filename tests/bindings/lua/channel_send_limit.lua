-- channel:send(value, ms) gives it up after so long: nil, "timeout"; nobody gets the value then.
local c = weft.channel()
sys.taskInit(function()
    print(c:send("early", 30))
    print(mcu.ticks())
    print(c:send("in time", 30))
    print(c:send("at once", 0))
end)
sys.timerStart(function() print(c:tryRecv()) end, 35)
sys.timerStart(function() print(c:tryRecv()) end, 100)
-- expect: nil	timeout
-- expect: 30
-- expect: in time
-- expect: true
-- expect: nil	timeout
-- expect: nil	empty
