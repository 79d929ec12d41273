-- sys.check_task gives the running coroutine, or an error outside of one.
sys.taskInit(function() print(sys.check_task() == coroutine.running()) end) -- expect: true
print(pcall(sys.check_task)) -- expect: false	attempt to yield from outside a coroutine
