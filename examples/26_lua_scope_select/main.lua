-- A scope and select: two mirrors race for a page, the first answer counts.
local sys = require "sys"

local function fetch(mirror, ms, answers)
    local gone <close> = setmetatable({}, { __close = function(_, why)
        if why then print(mcu.ticks(), mirror .. ": " .. tostring(why)) end
    end })
    sys.wait(ms)
    if ms == 30 then error(mirror .. " is broken", 0) end
    answers:send(mirror .. "'s page")
end

local function race(limit, ...)
    local waits = { ... }
    return weft.scope(function(scope)
        local answers, ticks = weft.channel(), weft.channel()
        for i, ms in ipairs(waits) do
            scope:spawn(fetch, "mirror " .. i, ms, answers)
        end
        scope:spawn(function()
            while true do sys.wait(20) ticks:send(true) end
        end)
        while true do
            local case, page = weft.select {
                { recv = answers },
                { recv = ticks },
            }
            if case == 1 then
                scope:cancel() -- the slower ones are of no use any more
                return page
            end
            print(mcu.ticks(), "still waiting")
        end
    end, limit)
end

sys.taskInit(function()
    print("won:", race(1000, 70, 50))
    print("late:", race(45, 100, 200))
    print("failed:", pcall(race, 1000, 60, 30))
end)

sys.run()
