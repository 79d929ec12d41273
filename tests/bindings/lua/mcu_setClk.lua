-- mcu.setClk says that the clock of a host cannot be chosen.
print(mcu.setClk(80)) -- expect: false
