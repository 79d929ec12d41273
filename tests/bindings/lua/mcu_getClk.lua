-- mcu.getClk does not know the clock of a host.
print(mcu.getClk()) -- expect: -1
