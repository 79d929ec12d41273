-- A wait outside of tasks, or where C code is in between, is an error that says so.
local c = weft.channel(1)
print(pcall(c.send, c, 1))
print(pcall(c.recv, c))
print(#c)
sys.taskInit(function()
    print(pcall(string.gsub, "x", "x", function() c:recv() end))
end)
c:recv()
-- status: 1
-- expect: false	channel:send: attempt to wait outside of a coroutine (start a task with sys.taskInit)
-- expect: false	channel:recv: attempt to wait outside of a coroutine (start a task with sys.taskInit)
-- expect: 0
-- expect: false	tests/bindings/lua/channel_outside.lua:7: channel:recv: attempt to wait inside a function that C code called (a comparison, a gsub callback, a metamethod)
-- expect error: channel_outside.lua:9: channel:recv: attempt to wait outside of a coroutine
