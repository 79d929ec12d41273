-- Between two timers that are due together the messages are delivered.
sys.subscribe("M", function(n) print("message", n) end)
sys.timerStart(function() print("timer 1") sys.publish("M", 1) sys.publish("M", 2) end, 100)
sys.timerStart(function() print("timer 2") sys.publish("M", 3) end, 100)
-- expect: timer 1
-- expect: message	1
-- expect: message	2
-- expect: timer 2
-- expect: message	3
