-- mcu.altfun is accepted and changes nothing.
print(select("#", mcu.altfun(mcu.GPIO, 3))) -- expect: 0
