-- pwm.open starts pulses of a frequency and a duty in percent.
-- expect error: pwm 2 -> 50/100 at 1000 Hz
-- expect error: pwm 3 -> 31/256 at 10000 Hz
print(pwm.open(2, 1000, 50)) -- expect: true
print(pwm.open(3, 10000, 31, 0, 256)) -- expect: true
print(pcall(pwm.open, 2, 1000, 101))
-- expect: false	bad argument #3 to 'pwm.open' (duty is 0 to 100)
print(pcall(pwm.open, 2, 0, 50))
-- expect: false	bad argument #2 to 'pwm.open' (frequency is 1 Hz or more)
print(pcall(pwm.open, 20, 1000, 50))
-- expect: false	bad argument #1 to 'pwm.open' (the board has no pwm 20)
print(pcall(pwm.open, 2, 1000, 50, 0, 99))
-- expect: false	bad argument #5 to 'pwm.open' (precision is 100, 256 or 1000)
