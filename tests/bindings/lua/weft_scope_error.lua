-- A task that fails cancels the others of its scope; when they have ended the error reaches the caller.
sys.taskInit(function()
    print(pcall(weft.scope, function(s)
        s:spawn(function()
            local guard <close> = setmetatable({}, { __close = function(_, why)
                print("closed", why, why == weft.cancelled, mcu.ticks())
            end })
            sys.wait(1000)
        end)
        s:spawn(function() sys.wait(5) error("oops") end)
        sys.wait(1000)
        print("never")
    end))
    print(mcu.ticks())
    local thing = {}
    print(select(2, pcall(weft.scope, function(s) s:spawn(error, thing) end)) == thing)
    weft.scope(function(s) s:spawn(function() error("uncaught") end) end)
end)
-- status: 1
-- expect: closed	cancelled	true	5
-- expect: false	tests/bindings/lua/weft_scope_error.lua:10: oops
-- expect: 5
-- expect: true
-- expect error: error in task tests/bindings/lua/weft_scope_error.lua:2: tests/bindings/lua/weft_scope_error.lua:17: uncaught
