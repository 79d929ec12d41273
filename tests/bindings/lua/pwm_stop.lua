-- pwm.stop ends the pulses and forgets the setup.
-- expect error: pwm 1 off
pwm.setup(1, 500, 25)
pwm.start(1)
print(pwm.stop(1)) -- expect: true
print((pcall(pwm.start, 1))) -- expect: false
