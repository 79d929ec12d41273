-- rtos.nop returns nothing.
print(select("#", rtos.nop())) -- expect: 0
