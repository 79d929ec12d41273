-- adc.read gives the raw value and millivolts.
adc.open(3)
print(adc.read(3)) -- expect: 2047	1650
print(adc.read(adc.CH_CPU)) -- expect: 255
