-- sys.timerStop stops by id, or by function and arguments; unknown ones are ignored.
local id = sys.timerStart(print, 100, "by id")
sys.timerStart(print, 100, "by call", 1)
sys.timerStart(print, 100, "stays")
sys.timerStop(id)
sys.timerStop(id)
sys.timerStop(print, "by call", 1)
sys.timerStop(print)
sys.timerStop(12345)
sys.timerStop("no function")
-- expect: stays
