-- A task that waits is kept, whatever the collector does; a finished one is not.
local dead = setmetatable({}, {__mode = "k"})
local function start()
    local co = sys.taskInit(function()
        sys.wait(100)
        print("still there")
    end)
    dead[co] = true
end
start()
collectgarbage()
sys.timerStart(function()
    collectgarbage()
    print(next(dead) ~= nil)
end, 50)
sys.timerStart(function()
    collectgarbage()
    collectgarbage()
    print(next(dead) == nil)
end, 150)
-- expect: true
-- expect: still there
-- expect: true
