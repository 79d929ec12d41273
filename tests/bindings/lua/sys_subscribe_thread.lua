-- sys.subscribe takes a thread: a message resumes it with topic and arguments.
local co = sys.taskInit(function()
    while true do
        print(coroutine.yield())
    end
end)
sys.subscribe("M", co)
sys.publish("M", 1)
sys.publish("M", 2)
-- expect: M	1
-- expect: M	2
