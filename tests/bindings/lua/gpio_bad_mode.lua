-- gpio.setup with something that is no mode is an error.
for _, mode in ipairs({"out", true, {}}) do
    print((select(2, pcall(gpio.setup, 1, mode))))
end
-- expect: bad argument #2 to 'gpio.setup' (level, function or nil expected)
-- expect: bad argument #2 to 'gpio.setup' (level, function or nil expected)
-- expect: bad argument #2 to 'gpio.setup' (level, function or nil expected)
print((select(2, pcall(gpio.setup, "one", 0))))
-- expect: bad argument #1 to 'gpio.setup' (number expected, got string)
print((select(2, pcall(gpio.setup, -1, 0))))
-- expect: bad argument #1 to 'gpio.setup' (pin is 0 to 254, not -1)
print((select(2, pcall(gpio.setup, 1, 0, 3))))
-- expect: bad argument #3 to 'gpio.setup' (pull is 0 to 2, not 3)
print((select(2, pcall(gpio.setup, 1, print, 0, 9))))
-- expect: bad argument #4 to 'gpio.setup' (edge is 0 to 4, not 9)
