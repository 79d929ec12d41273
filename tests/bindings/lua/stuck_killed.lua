-- A task that never waits is reported with its line after 2 s and, with --kill-stuck, stopped; others go on.
-- run: --kill-stuck
-- status: 1
-- expect error: stuck_killed.lua:8 has run for 2000 ms without a wait, now at
-- expect error: stuck_killed.lua:11: stopped: it ran for 2000 ms without a wait
-- expect error: error in task
-- expect error: stack traceback
sys.taskInit(function()
    sys.wait(10)
    while true do
        pcall(function() while true do end end)
    end
end)
sys.timerStart(print, 20, "the others go on") -- expect: the others go on
