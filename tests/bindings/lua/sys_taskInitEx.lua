-- sys.taskInitEx starts a task with a mailbox of that name and passes on its arguments.
local co = sys.taskInitEx(function(a, b)
    print("task", a, b)
    local message = sys.waitMsg("box")
    print(message[1], message[2])
end, "box", nil, 1, 2)
print(type(co))
print(sys.sendMsg("box", "hello", "you"))
-- expect: task	1	2
-- expect: thread
-- expect: true
-- expect: hello	you
