-- mcu.hardfault is accepted and changes nothing.
print(select("#", mcu.hardfault(0))) -- expect: 0
