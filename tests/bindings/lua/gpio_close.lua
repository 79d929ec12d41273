-- gpio.close makes a pin an input without a watch.
-- run: --press 0@50ms
gpio.setup(27, 1)
gpio.close(27)
print(gpio.get(27)) -- expect: 0
gpio.setup(0, function() print("never") end, gpio.PULLUP)
gpio.close(0)
sys.timerStart(print, 300, "end")
sys.run()
-- expect: end
