-- gpio.setup of a watched pin replaces its callback.
-- run: --press 0@50ms
gpio.setup(0, function() print("old") end, gpio.PULLUP, gpio.FALLING)
gpio.setup(0, function() print("new") end, gpio.PULLUP, gpio.FALLING)
sys.run()
-- expect: new
