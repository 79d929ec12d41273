-- A hundred thousand scopes, each inside the one before, end by one cancel, and so when their coroutines are closed.
local depth = 100000
local outermost, openers = nil, {}
local function nest(n, innermost, raw)
    return weft.scope(function(s)
        outermost = outermost or s
        s:spawn(function()
            openers[n] = coroutine.running()
            sys.wait(1)
            if n == depth then innermost() else nest(n + 1, innermost, raw) end
        end)
        if raw then coroutine.yield() end
    end)
end
sys.taskInit(function()
    -- Each opener leaves an orphan, which the last task ends with all others.
    local weak = setmetatable({}, { __mode = "k" })
    local first = sys.taskInit(nest, 1, function() sys.wait(1000) end, true)
    sys.wait(depth)
    weak[outermost] = true
    coroutine.close(first)
    for n = 1, depth - 1 do coroutine.close(openers[n]) end
    print(coroutine.status(openers[depth]), outermost:isCancelled())
    sys.wait(0)
    print(coroutine.status(openers[depth]), mcu.ticks())
    outermost, openers, first = nil, {}, nil
    collectgarbage()
    print(next(weak))

    print("cancelled", nest(1, function()
        outermost:cancel()
        sys.wait(1)
    end))
    print(mcu.ticks(), outermost:isCancelled(), coroutine.status(openers[1]))
end)
-- expect: suspended	true
-- expect: dead	100000
-- expect: nil
-- expect: cancelled
-- expect: 200000	true	dead
