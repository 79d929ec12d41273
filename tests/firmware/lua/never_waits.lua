-- never_waits.lua - a task that never waits is named and stopped, alone
print("begins")
sys.timerStart(function() print("lives") end, 10)
sys.taskInit(function()
    while true do end
end)
