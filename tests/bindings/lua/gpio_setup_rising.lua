-- gpio.setup with gpio.RISING calls only when the pin rises.
-- run: --press 0@50ms
gpio.setup(0, function(level)
    print(mcu.ticks(), level)
end, gpio.PULLUP, gpio.RISING)
sys.run()
-- expect: 150	1
