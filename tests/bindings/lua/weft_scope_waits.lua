-- Every wait ends by a cancel: each raises weft.cancelled, once for each call.
local c = weft.channel()
local waits = {
    { "sys.wait", sys.wait, 1000 },
    { "sys.waitUntil", sys.waitUntil, "NEVER" },
    { "sys.waitUntil table", sys.waitUntil, { "NEVER", "NOR" }, 1000 },
    { "recv", c.recv, c },
    { "send", weft.channel().send, weft.channel(), 1 },
    { "recv with a limit", c.recv, c, 1000 },
    { "scope", weft.scope, function() c:recv() end },
}
sys.taskInit(function()
    weft.scope(function(s)
        for _, wait in ipairs(waits) do
            s:spawn(function()
                local ok, why = pcall(table.unpack(wait, 2))
                print(wait[1], ok, why == weft.cancelled, pcall(table.unpack(wait, 2)))
            end)
        end
        sys.wait(10)
        s:cancel()
    end)
    print(mcu.ticks(), c:tryRecv())
    sys.taskInit(function() print(c:recv()) end)
    print(c:trySend("still works"))
    sys.publish("NEVER")
end)
-- expect: sys.wait	false	true	false	cancelled
-- expect: sys.waitUntil	false	true	false	cancelled
-- expect: sys.waitUntil table	false	true	false	cancelled
-- expect: recv	false	true	false	cancelled
-- expect: send	false	true	false	cancelled
-- expect: recv with a limit	false	true	false	cancelled
-- expect: scope	false	true	false	cancelled
-- expect: 10	nil	empty
-- expect: true
-- expect: still works
