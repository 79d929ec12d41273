-- gpio.setup without a level makes a pin an input and returns its reader.
-- run: --press 0@50ms
local key = gpio.setup(0, nil, gpio.PULLUP)
print(key(), gpio.get(0)) -- expect: 1	1
sys.timerStart(function()
    print(key(), gpio.get(0)) -- expect: 0	0
end, 100)
sys.run()
