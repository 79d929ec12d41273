-- pwm.setFreq changes the frequency, at once where pulses run.
-- expect error: pwm 1 -> 25/100 at 2000 Hz
pwm.setup(1, 500, 25)
pwm.start(1)
print(pwm.setFreq(1, 2000)) -- expect: true
