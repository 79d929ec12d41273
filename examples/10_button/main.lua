-- A button switches the LED; it may bounce, and several tasks may listen.
-- run: --press 0@1s --press 0@2s+20ms --press 0@3s --for 5s

local LED, BUTTON = 27, 0 -- the button connects its pin to ground
local led = gpio.setup(LED, 0)

-- Only levels that stayed for 50 ms count: the press of 20 ms does not.
gpio.debounce(BUTTON, 50, 1)
gpio.setup(BUTTON, function(level, pin)
    sys.publish(level == 0 and "PRESSED" or "RELEASED", pin)
end, gpio.PULLUP)

sys.subscribe("PRESSED", function()
    gpio.toggle(LED)
    log.info("led", gpio.get(LED) == 1 and "on" or "off")
end)

sys.taskInit(function()
    while true do
        local _, pin = sys.waitUntil("PRESSED")
        local from = mcu.ticks()
        sys.waitUntil("RELEASED")
        log.info("button", pin, "held for", mcu.ticks() - from, "ms")
    end
end)

sys.run()
