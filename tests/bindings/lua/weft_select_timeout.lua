-- timeout = ms: after so long nothing has happened: nil, nil, "timeout"; a select of only that is a wait.
local c, d = weft.channel(), weft.channel()
sys.taskInit(function()
    print(weft.select { { recv = c }, { send = d, value = 1 }, timeout = 20 })
    print(mcu.ticks(), c:trySend(1), d:tryRecv())
    print(weft.select { timeout = 5 })
    print(mcu.ticks())
    print(weft.select { { recv = c }, timeout = 0 })
    print(weft.select { { recv = c }, timeout = 100 })
    print(mcu.ticks())
end)
sys.timerStart(function() c:trySend("in time") end, 50)
-- expect: nil	nil	timeout
-- expect: 20	nil	nil	empty
-- expect: nil	nil	timeout
-- expect: 25
-- expect: nil	nil	timeout
-- expect: 1	in time
-- expect: 50
