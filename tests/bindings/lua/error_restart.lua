-- COROUTINE_ERROR_RESTART: the machine reboots at once; under --virtual ten times, then status 1.
-- status: 1
-- expect error: boom
COROUTINE_ERROR_RESTART = true
print("boot")
sys.taskInit(function() sys.wait(1) error("boom") end)
sys.timerStart(print, 10, "never")
-- expect: boot
-- expect: boot
-- expect: boot
-- expect: boot
-- expect: boot
-- expect: boot
-- expect: boot
-- expect: boot
-- expect: boot
-- expect: boot
-- expect: boot
