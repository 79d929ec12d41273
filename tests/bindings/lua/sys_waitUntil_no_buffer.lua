-- A message is not kept for a task that does not wait when it is dispatched.
sys.taskInit(function()
    sys.publish("EARLY")
    sys.wait(10)
    print(sys.waitUntil("EARLY", 100)) -- expect: false
    sys.publish("QUEUED", 1)
    print(sys.waitUntil("QUEUED", 100)) -- expect: true	1
end)
