-- A message sees every subscriber, callbacks and tasks, in one order of subscription, each run to its wait.
sys.subscribe("M", function() print("callback 1") sys.publish("NEXT") end)
sys.taskInit(function() sys.waitUntil("M") print("task 1") sys.publish("M2") print("task 1 to its wait") end)
sys.subscribe("M", function() print("callback 2") end)
sys.taskInit(function() sys.waitUntil("M") print("task 2") end)
sys.subscribe("NEXT", function() print("next") end)
sys.publish("M")
-- expect: callback 1
-- expect: task 1
-- expect: task 1 to its wait
-- expect: callback 2
-- expect: task 2
-- expect: next
