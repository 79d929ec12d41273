-- mcu.hz says how many ticks a second has.
print(mcu.hz()) -- expect: 1000
