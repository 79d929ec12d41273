-- sys.timerStart calls a function once, later, with its arguments, and gives an id.
local id = sys.timerStart(function(...) print(mcu.ticks(), ...) end, 250, "a", nil, 3)
print(id >= 0x200000 and id <= 0x7FFFFF, math.type(id))
-- expect: true	integer
-- expect: 250	a	nil	3
