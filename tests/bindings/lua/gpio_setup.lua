-- gpio.setup makes a pin an output and returns a function that sets it.
-- expect error: [0.000000] gpio 27 -> 1
-- expect error: [0.100000] gpio 27 -> 0
local led = gpio.setup(27, 1)
print(gpio.get(27)) -- expect: 1
sys.timerStart(function()
    led(0)
    print(gpio.get(27)) -- expect: 0
end, 100)
sys.run()
