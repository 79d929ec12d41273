-- gpio.setup with gpio.FALLING calls only when the pin falls.
-- run: --press 0@50ms --press 0@250ms
gpio.setup(0, function(level)
    print(mcu.ticks(), level)
end, gpio.PULLUP, gpio.FALLING)
sys.run()
-- expect: 50	0
-- expect: 250	0
