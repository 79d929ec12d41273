-- An error in one subscriber is reported; the others still run.
-- status: 1
-- expect error: error in subscriber
-- expect error: sys_subscribe_error.lua:5: bad
sys.subscribe("M", function() error("bad") end)
sys.subscribe("M", function() print("second") end) -- expect: second
sys.publish("M")
sys.timerStart(print, 10, "later") -- expect: later
