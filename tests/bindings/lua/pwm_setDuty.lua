-- pwm.setDuty changes the duty, at once where pulses run.
-- expect error: pwm 1 -> 75/100 at 500 Hz
pwm.setup(1, 500, 25)
pwm.start(1)
print(pwm.setDuty(1, 75)) -- expect: true
