-- An error in a pin's callback is reported; the next edge calls it again.
-- run: --press 0@50ms
-- status: 1
-- expect error: gpio_callback_error.lua:8: oops
-- expect error: callback of gpio 0
gpio.setup(0, function(level)
    print(level)
    error("oops")
end, gpio.PULLUP)
sys.run()
-- expect: 0
-- expect: 1
