-- A cancel goes down to the scopes inside, whose callers see it as their own.
sys.taskInit(function()
    print(weft.scope(function(outer)
        outer:spawn(function()
            local ok, why = pcall(weft.scope, function(inner)
                inner:spawn(function()
                    local _, why = pcall(sys.wait, 1000)
                    print("innermost", why, inner:isCancelled())
                end)
            end)
            print("inner", ok, why)
            print("again", pcall(sys.wait, 0))
            print("again", pcall(weft.scope, print))
            print("spawn", outer:spawn(print))
        end)
        sys.wait(10)
        outer:cancel()
        return "kept"
    end))
    sys.wait(1)
    print("outside", mcu.ticks())
end)
-- expect: innermost	cancelled	true
-- expect: inner	false	cancelled
-- expect: again	false	cancelled
-- expect: again	false	cancelled
-- expect: spawn	nil	cancelled
-- expect: kept
-- expect: outside	11
