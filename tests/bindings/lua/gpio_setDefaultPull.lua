-- gpio.setDefaultPull is the pull of a setup that names none.
print(gpio.setDefaultPull(1)) -- expect: true
gpio.setup(5)
print(gpio.get(5)) -- expect: 1
print(gpio.setDefaultPull(3)) -- expect: false
