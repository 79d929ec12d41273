-- rtos.timer_stop stops a timer, and takes back what it has not delivered.
rtos.timer_start(1, 100)
rtos.timer_start(2, 100, -1)
rtos.timer_stop(1)
rtos.timer_stop(99)
print(rtos.receive(-1)) -- expect: 1	2	-1
rtos.timer_stop(2)
print(rtos.receive(1000)) -- expect: -1
