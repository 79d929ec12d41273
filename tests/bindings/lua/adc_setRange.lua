-- adc.setRange is accepted; the range is the board's own.
adc.setRange(adc.ADC_RANGE_MAX)
adc.open(3)
print(adc.get(3)) -- expect: 1650
