-- A channel that nobody refers to goes, with the values in it, also one that holds itself.
local weak = setmetatable({}, { __mode = "k" })
local function make(n)
    local c = weft.channel(4)
    weak[c] = true
    local value = {}
    weak[value] = true
    c:trySend(value)
    c:trySend(c)
end
for i = 1, 100 do make(i) end
collectgarbage() collectgarbage()
print(next(weak))
-- Those who wait keep it.
sys.taskInit(function()
    local c = weft.channel()
    weak[c] = true
    sys.taskInit(function() c:recv(100) end)
end)
collectgarbage() collectgarbage()
print(next(weak) ~= nil)
sys.timerStart(function()
    collectgarbage() collectgarbage()
    print(next(weak))
end, 200)
-- expect: nil
-- expect: true
-- expect: nil
