-- A coroutine that is closed in its scope leaves nobody behind: what it spawned is cancelled, and the scope around waits for that.
local function guard(name)
    return setmetatable({}, { __close = function(_, why) print(name, why, mcu.ticks()) end })
end
local co
sys.taskInit(function()
    weft.scope(function(outer)
        co = outer:spawn(function()
            weft.scope(function(s)
                s:spawn(function() local g <close> = guard("child") sys.wait(1000) end)
                local g <close> = guard("function")
                sys.wait(1000)
            end)
        end)
        sys.wait(10)
        print(coroutine.close(co))
    end)
    print("over", mcu.ticks())
    -- while it waits for its tasks
    co = sys.taskInit(weft.scope, function(s)
        s:spawn(function() local g <close> = guard("spawned") sys.wait(1000) end)
    end)
    print(coroutine.close(co))
    sys.wait(1)
    print("end", mcu.ticks())
end)
-- expect: function	nil	10
-- expect: true
-- expect: child	cancelled	10
-- expect: over	10
-- expect: true
-- expect: spawned	cancelled	10
-- expect: end	11
