-- pwm.setup says what pwm.start will do.
print(pwm.setup(1, 1000, 50)) -- expect: true
print(pcall(pwm.setup, 1, 1000, -1))
-- expect: false	bad argument #3 to 'pwm.setup' (duty is 0 to 100)
