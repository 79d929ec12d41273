-- A script can neither resume, close nor subscribe the main program; it goes on as if nothing had been tried.
-- status: 1
-- expect error: error in coroutine.resume: cannot resume the main program
local main = coroutine.running()
print(coroutine.resume(main)) -- expect: false	cannot resume the main program
rtos.timer_start(1, 10, 0)
rtos.timer_start(2, 30, 0)
sys.taskInit(function()
    sys.wait(5)
    print(coroutine.resume(main, 1, 2)) -- expect: false	cannot resume the main program
    print(pcall(coroutine.close, main)) -- expect: false	cannot close the main program
    print(sys.coresume(main)) -- expect: false	cannot resume the main program
    local fine, why = pcall(sys.subscribe, "A", main)
    print(fine, why) -- expect: false	bad argument #2 to 'sys.subscribe' (cannot resume the main program)
    sys.publish("A", 1)
    sys.wait(15)
    print("at 20")
    sys.wait(100)
    print("task end")
end)
print("receive", rtos.receive(1000))
print("receive", rtos.receive(1000))
print(pcall(coroutine.close, main))
-- expect: receive	1	1	0
-- expect: at 20
-- expect: receive	1	2	0
-- expect: false	cannot close the main program
-- expect: task end
