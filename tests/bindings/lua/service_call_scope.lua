-- A scope that is cancelled, or whose limit passes, ends the calls of its tasks.
service.define("slow", { never = function() sys.waitUntil("never") end })
sys.taskInit(function()
    print(weft.scope(function(s)
        s:spawn(function()
            local gone <close> = setmetatable({}, { __close = function(_, why) print("left", why) end })
            service.call("slow", "never")
        end)
        service.call("slow", "never")
    end, 20))
    print(mcu.ticks())
end)
-- expect: left	cancelled
-- expect: nil	timeout
-- expect: 20
