-- channel:recv(ms) gives it up after so long: nil, "timeout".
local c = weft.channel()
sys.taskInit(function()
    print(c:recv(20))
    print(mcu.ticks())
    print(c:recv(20))
    print(mcu.ticks())
    print(c:recv(0))
end)
sys.timerStart(function() print(c:trySend(7)) end, 30)
-- expect: nil	timeout
-- expect: 20
-- expect: true
-- expect: 7
-- expect: 30
-- expect: nil	timeout
