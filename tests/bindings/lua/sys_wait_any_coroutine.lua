-- Any coroutine may wait, also one inside a task: its resume returns, time resumes it.
sys.taskInit(function()
    local inner = coroutine.create(function()
        sys.wait(100)
        print("inner", mcu.ticks())
    end)
    print("resumed", coroutine.resume(inner))
    sys.wait(50)
    print("outer", mcu.ticks())
end)
coroutine.wrap(function()
    sys.wait(70)
    print("wrapped", mcu.ticks())
end)()
-- expect: resumed	true
-- expect: outer	50
-- expect: wrapped	70
-- expect: inner	100
