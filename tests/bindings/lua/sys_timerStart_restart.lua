-- The same function with the same arguments restarts; other arguments are another timer.
local t = {}
local function f(...) print(mcu.ticks(), select("#", ...)) end
sys.timerStart(f, 100)
sys.timerStart(f, 200)
sys.timerStart(f, 300, 1, t)
sys.timerStart(f, 400, 1.0, t)
sys.timerStart(f, 500, 1, {})
sys.timerStart(f, 600, ("x"):rep(100))
sys.timerStart(f, 700, ("x"):rep(100))
-- expect: 200	0
-- expect: 400	2
-- expect: 500	2
-- expect: 700	1
