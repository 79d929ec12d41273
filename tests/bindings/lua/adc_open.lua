-- adc.open opens a channel; those inside a chip are not there.
print(adc.open(3)) -- expect: true
print(adc.open(adc.CH_CPU), adc.open(adc.CH_VBAT)) -- expect: false	false
print(pcall(adc.open, 99))
-- expect: false	bad argument #1 to 'adc.open' (the board has no adc 99)
