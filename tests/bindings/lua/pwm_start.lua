-- pwm.start starts what pwm.setup said; without it it is an error.
-- expect error: pwm 1 -> 25/100 at 500 Hz
pwm.setup(1, 500, 25)
print(pwm.start(1)) -- expect: true
print(pcall(pwm.start, 4))
-- expect: false	bad argument #1 to 'pwm.start' (call pwm.setup first)
