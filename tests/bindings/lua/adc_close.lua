-- adc.close closes a channel; reading it then is an error.
adc.open(3)
adc.close(3)
print(pcall(adc.get, 3))
-- expect: false	bad argument #1 to 'adc.get' (the board has no open adc 3)
