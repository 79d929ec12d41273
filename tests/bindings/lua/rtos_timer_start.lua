-- rtos.timer_start gives 1, or 0 for no time; the same id again replaces.
print(rtos.timer_start(1, 0), rtos.timer_start(1, 100), rtos.timer_start(1, 50)) -- expect: 0	1	1
print(rtos.receive(-1)) -- expect: 1	1	0
print(mcu.ticks()) -- expect: 50
print(rtos.receive(500)) -- expect: -1
