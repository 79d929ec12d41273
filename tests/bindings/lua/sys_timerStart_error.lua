-- An error in a timer's callback is reported and the others go on; exit status 1.
-- status: 1
-- expect error: error in timer callback
-- expect error: sys_timerStart_error.lua:5: bad
sys.timerStart(function() error("bad") end, 10)
sys.timerStart(print, 20, "next") -- expect: next
