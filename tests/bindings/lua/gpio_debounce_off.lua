-- gpio.debounce with 0 ms is off.
-- run: --press 0@50ms+5ms
gpio.setup(0, function(level)
    print(mcu.ticks(), level)
end, gpio.PULLUP)
gpio.debounce(0, 100, 1)
gpio.debounce(0, 0)
sys.run()
-- expect: 50	0
-- expect: 55	1
