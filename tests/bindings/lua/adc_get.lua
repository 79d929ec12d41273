-- adc.get gives millivolts.
adc.open(3)
print(adc.get(3)) -- expect: 1650
print(adc.get(adc.CH_VBAT)) -- expect: -1
