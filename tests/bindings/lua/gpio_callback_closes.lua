-- A pin's callback may close its own pin.
-- run: --press 0@50ms
gpio.setup(0, function(level)
    print(level)
    gpio.close(0)
end, gpio.PULLUP)
sys.run()
-- expect: 0
