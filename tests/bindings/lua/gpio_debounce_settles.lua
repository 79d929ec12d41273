-- gpio.debounce in mode 1 tells a level that has stayed for the time.
-- run: --press 0@50ms+5ms --press 0@60ms+200ms
gpio.setup(0, function(level)
    print(mcu.ticks(), level)
end, gpio.PULLUP)
gpio.debounce(0, 100, 1)
sys.run()
-- expect: 160	0
-- expect: 360	1
