-- pwm.close ends the pulses.
-- expect error: pwm 2 off
pwm.open(2, 1000, 50)
print(select("#", pwm.close(2))) -- expect: 0
