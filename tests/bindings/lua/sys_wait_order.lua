-- Equal deadlines end in the order in which they were armed, tasks and timers alike.
sys.taskInit(function() sys.wait(100) print("task 1") end)
sys.timerStart(print, 100, "timer 1")
sys.taskInit(function() sys.wait(50) sys.wait(50) print("task 2, armed last") end)
sys.taskInit(function() sys.wait(100) print("task 3") end)
sys.timerStart(print, 100, "timer 2")
-- expect: task 1
-- expect: timer 1
-- expect: task 3
-- expect: timer 2
-- expect: task 2, armed last
