-- A coroutine that is closed while it waits leaves nothing in the channel.
local c = weft.channel()
local sender = sys.taskInit(function() c:send("never") end)
local taker = coroutine.create(function()
    local guard <close> = setmetatable({}, { __close = function() print("guard") end })
    c:recv()
end)
print(c:tryRecv())
sender = sys.taskInit(function() c:send("never") end)
print(coroutine.close(sender), c:tryRecv())
coroutine.resume(taker)
print(coroutine.close(taker), c:trySend(1))
-- expect: never
-- expect: true	nil	empty
-- expect: guard
-- expect: true	nil	full
