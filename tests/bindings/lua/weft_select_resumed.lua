-- A select that is resumed by hand, closed or cancelled leaves nothing in its channels.
local c, d = weft.channel(), weft.channel()
local function try() return weft.select { { recv = c }, { send = d, value = {} } } end
local co = sys.taskInit(function() print("hand", try()) end)
print(coroutine.resume(co, 1, nil, 3))
co = sys.taskInit(try)
print(coroutine.close(co))
sys.taskInit(function()
    print(weft.scope(function(s)
        s:spawn(function() print(pcall(try)) end)
        s:spawn(function() print(pcall(weft.select, { timeout = 100 })) end)
        sys.wait(1)
        s:cancel()
        return "done"
    end))
    print(c:trySend(1))
    print(d:tryRecv())
end)
-- expect: hand	1	nil	3
-- expect: true
-- expect: true
-- expect: false	cancelled
-- expect: false	cancelled
-- expect: done
-- expect: nil	full
-- expect: nil	empty
