-- gpio.setup with a function calls it with level and pin at each edge.
-- run: --press 0@50ms
local read = gpio.setup(0, function(level, pin)
    print(mcu.ticks(), level, pin)
end, gpio.PULLUP)
print(read())
sys.run()
-- expect: 1
-- expect: 50	0	0
-- expect: 150	1	0
