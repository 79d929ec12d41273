-- gpio.debounce: tells the first edge at once and is then deaf for a time.
-- run: --press 0@50ms+5ms --press 0@60ms+5ms --press 0@300ms+5ms
gpio.debounce(0, 100)
gpio.setup(0, function(level)
    print(mcu.ticks(), level)
end, gpio.PULLUP)
sys.run()
-- expect: 50	0
-- expect: 300	0
