-- Over the memory limit a task gets an error; the machine goes on.
-- run: --memory 1M
-- status: 1
-- expect error: not enough memory
sys.taskInit(function()
    local t = {}
    while true do t[#t + 1] = ("x"):rep(1000) .. #t end
end)
sys.timerStart(function() collectgarbage() print("usable", #("x"):rep(100000)) end, 10) -- expect: usable	100000
