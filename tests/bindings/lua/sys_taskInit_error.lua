-- An error in a task is reported with its line and ends that task only; exit status 1.
-- status: 1
-- expect error: sys_taskInit_error.lua:7: boom
-- expect error: stack traceback
-- expect error: error in task
sys.taskInit(function()
    error("boom")
end)
sys.taskInit(function()
    sys.wait(5)
    print("the other goes on") -- expect: the other goes on
end)
