-- COROUTINE_ERROR_ROLL_BACK: the machine stops 500 ms after the report, with status 1.
-- status: 1
-- expect error: boom
COROUTINE_ERROR_ROLL_BACK = true
sys.timerLoopStart(function() print(mcu.ticks()) end, 200)
sys.taskInit(function() sys.wait(100) error("boom") end)
-- expect: 200
-- expect: 400
