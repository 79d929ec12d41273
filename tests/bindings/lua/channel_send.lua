-- channel:send(value) waits until a receiver, or the channel's room, has it: true.
local c = weft.channel()
local t = {}
sys.taskInit(function() print(c:send("a"), c:send(false), c:send(t), c:send(2.5)) end)
sys.taskInit(function()
    print(c:recv())
    print(c:recv())
    print(c:recv() == t)
    print(c:recv())
end)
-- expect: a
-- expect: false
-- expect: true
-- expect: true	true	true	true
-- expect: 2.5
