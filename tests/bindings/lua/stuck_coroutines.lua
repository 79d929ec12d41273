-- With --kill-stuck a task that makes one stuck coroutine after the other ends the program 1 s after the report.
-- run: --kill-stuck
-- status: 1
-- expect error: stuck_coroutines.lua:7 has run for 2000 ms without a wait
-- expect error: 1000 ms after it was to be stopped
sys.taskInit(function()
    while true do coroutine.resume(coroutine.create(function() while true do end end)) end
end)
