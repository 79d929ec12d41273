-- Those who wait for a channel when it is closed go on at once.
local c = weft.channel()
for i = 1, 3 do sys.taskInit(function() print(i, c:recv(), mcu.ticks()) end) end
sys.timerStart(function() c:close() end, 10)
-- expect: 1	nil	10
-- expect: 2	nil	10
-- expect: 3	nil	10
