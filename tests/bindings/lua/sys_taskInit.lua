-- sys.taskInit runs the function at once, up to its first wait, and gives the task.
local co = sys.taskInit(function(a, b)
    print("in the task", a, b)
    sys.wait(10)
    print("later")
end, 1, "two")
print(type(co), coroutine.status(co))
sys.run()
-- expect: in the task	1	two
-- expect: thread	suspended
-- expect: later
