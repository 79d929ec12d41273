-- gpio.get reads an input, with the pull that was chosen.
gpio.setup(5, nil, gpio.PULLUP)
gpio.setup(6, nil, gpio.PULLDOWN)
print(gpio.get(5), gpio.get(6)) -- expect: 1	0
