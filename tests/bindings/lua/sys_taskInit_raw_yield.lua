-- A raw coroutine.yield in a task waits until somebody resumes it.
local co = sys.taskInit(function()
    print("got", coroutine.yield()) -- expect: got	1	2
end)
sys.timerStart(function() coroutine.resume(co, 1, 2) end, 100)
