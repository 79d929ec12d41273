-- A traffic light: its states are a table, a button shortens the green.
-- run: --press 0@6s --for 12s

local lamps = {
    {name = "red", set = gpio.setup(10, 0)},
    {name = "yellow", set = gpio.setup(11, 0)},
    {name = "green", set = gpio.setup(12, 0)},
}

local states = {
    stop    = {red = 1, ms = 2000, next = "ready"},
    ready   = {red = 1, yellow = 1, ms = 500, next = "go"},
    go      = {green = 1, ms = 5000, next = "caution", ends_by = "BUTTON"},
    caution = {yellow = 1, ms = 1000, next = "stop"},
}

gpio.setup(0, function() sys.publish("BUTTON") end, gpio.PULLUP, gpio.FALLING)

sys.taskInit(function()
    local name = "stop"
    while true do
        local state = states[name]
        log.info("light", name, "at", mcu.ticks(), "ms")
        for _, lamp in ipairs(lamps) do
            lamp.set(state[lamp.name] or 0)
        end
        if state.ends_by then
            sys.waitUntil(state.ends_by, state.ms) -- the button, or time
        else
            sys.wait(state.ms)
        end
        name = state.next
    end
end)

sys.run()
