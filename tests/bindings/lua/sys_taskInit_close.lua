-- A task that fails closes its to-be-closed variables and is dead.
-- status: 1
-- expect error: boom
local co = sys.taskInit(function()
    local guard <close> = setmetatable({}, {__close = function() print("closed") end})
    sys.wait(1)
    error("boom")
end)
sys.timerStart(function() print(coroutine.status(co), coroutine.resume(co)) end, 5)
-- expect: closed
-- expect: dead	false	cannot resume dead coroutine
