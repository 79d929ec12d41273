-- A handler of xpcall that loops does not defeat --kill-stuck.
-- run: --kill-stuck
-- status: 1
-- expect error: 1000 ms after it was to be stopped
sys.taskInit(function()
    xpcall(function() while true do end end, function() while true do end end)
end)
