-- --kill-stuck names a line of the script also where the hook is called in a C function.
-- run: --kill-stuck
-- status: 1
-- expect error: stuck_killed_in_pcall.lua:6: stopped: it ran for 2000 ms without a wait
sys.taskInit(function()
    while true do pcall(pcall, string.rep, "x", 10) end
end)
