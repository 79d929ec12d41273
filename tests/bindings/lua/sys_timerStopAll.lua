-- sys.timerStopAll stops all timers of a function, whatever their arguments.
sys.timerStart(print, 100, 1)
sys.timerLoopStart(print, 100, 2)
sys.timerStart(print, 100)
sys.timerStart(function() print("other") end, 200)
sys.timerStopAll(print)
-- expect: other
