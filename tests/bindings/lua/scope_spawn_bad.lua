-- scope:spawn into a scope that is over is an error, into a cancelled one nil, "cancelled"; the function never runs.
sys.taskInit(function()
    local scope
    weft.scope(function(s)
        scope = s
        print(pcall(function() s:spawn() end))
        print(pcall(function() s.spawn(weft, print) end))
        s:cancel()
        print(s:spawn(print, "never"))
    end)
    print(scope:isCancelled(), scope:cancel())
    scope:spawn(print, "never")
end)
-- status: 1
-- expect: false	tests/bindings/lua/scope_spawn_bad.lua:6: bad argument #1 to 'spawn' (function expected, got no value)
-- expect: false	tests/bindings/lua/scope_spawn_bad.lua:7: bad argument #1 to 'spawn' (weft.scope expected, got table)
-- expect: nil	cancelled
-- expect: true
-- expect error: scope_spawn_bad.lua:12: calling 'spawn' on bad self (the scope is over)
