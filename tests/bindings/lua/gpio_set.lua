-- gpio.set moves an output.
-- expect error: gpio 26 -> 1
gpio.setup(26, 0)
gpio.set(26, gpio.HIGH)
print(gpio.get(26)) -- expect: 1
gpio.set(26, gpio.LOW)
print(gpio.get(26)) -- expect: 0
