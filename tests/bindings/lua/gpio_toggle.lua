-- gpio.toggle turns an output over.
gpio.setup(27, 0)
gpio.toggle(27)
print(gpio.get(27)) -- expect: 1
gpio.toggle(27)
print(gpio.get(27)) -- expect: 0
