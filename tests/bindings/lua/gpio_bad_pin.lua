-- A pin that the board does not have is an error with file and line.
-- status: 1
-- expect error: gpio_bad_pin.lua:6: bad argument #1 to 'setup'
-- expect error: (the board has no gpio 99)
print("before") -- expect: before
gpio.setup(99, 0)
