-- rtos.receive gives MSG_TIMER, id and repeat, or -1 after a time-out.
rtos.timer_start(5, 100)
rtos.timer_start(6, 150, 1)
print(rtos.receive(rtos.INF_TIMEOUT))
print(rtos.receive(-1))
print(rtos.receive(-1))
print(rtos.receive(1000), mcu.ticks())
print(rtos.MSG_TIMER, rtos.INF_TIMEOUT)
-- expect: 1	5	0
-- expect: 1	6	1
-- expect: 1	6	0
-- expect: -1	1300
-- expect: 1	-1
