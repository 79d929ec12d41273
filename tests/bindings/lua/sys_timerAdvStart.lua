-- sys.timerAdvStart: repeat n is n more times, 0 once, -1 for ever.
sys.timerAdvStart(function() print("twice more", mcu.ticks()) end, 100, 2)
sys.timerAdvStart(function() print("once", mcu.ticks()) end, 150, 0)
local id = sys.timerAdvStart(function(x) print("for ever", x) end, 1000, -1, "x")
sys.timerStart(sys.timerStop, 2500, id)
-- expect: twice more	100
-- expect: once	150
-- expect: twice more	200
-- expect: twice more	300
-- expect: for ever	x
-- expect: for ever	x
