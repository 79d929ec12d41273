-- rtos.standy and rtos.nop do nothing.
print(rtos.standy(1000), rtos.nop()) -- expect: nil
