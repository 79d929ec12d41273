-- Blinks the LED on pin 27: on for half a second, off for half a second.
-- run: --for 10s

local LED = 27

local led = gpio.setup(LED, 0) -- an output, low at first; led(1) sets it

sys.taskInit(function() -- a task: code that may wait
    log.info("blink", "the LED is on pin", LED)
    while true do
        led(1)
        sys.wait(500) -- milliseconds; everything else goes on meanwhile
        led(0)
        sys.wait(500)
    end
end)

sys.run() -- lets all tasks run; always the last line
