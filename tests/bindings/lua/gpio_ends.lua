-- A program that only waits for a pin that nothing can move ends and says so.
-- expect error: nothing more can happen
gpio.setup(0, function() print("never") end, gpio.PULLUP)
print("waits") -- expect: waits
sys.run()
