-- A task of a scope may yield by itself and be resumed by hand; the scope waits for it, and its caller cannot be resumed out of that.
local child
local co = sys.taskInit(function()
    print(weft.scope(function(s)
        child = s:spawn(function() print("got", coroutine.yield()) end)
        return "result"
    end))
end)
collectgarbage() collectgarbage()
print(coroutine.resume(co, "early"))
print(coroutine.resume(co))
print(coroutine.resume(child, "hand"))
-- an error goes to whom resumed it, and to the scope
sys.taskInit(function()
    print("scope", pcall(weft.scope, function(s)
        child = s:spawn(function() coroutine.yield() error("both", 0) end)
    end))
end)
print(coroutine.resume(child))
-- expect: true
-- expect: true
-- expect: got	hand
-- expect: true
-- expect: false	both
-- expect: result
-- expect: scope	false	both
