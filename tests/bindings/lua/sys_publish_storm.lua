-- A message that publishes itself for ever lets due timers run after 1000 messages.
local count = 0
sys.subscribe("STORM", function() count = count + 1 sys.publish("STORM") end)
sys.timerStart(function() sys.publish("STORM") end, 10)
sys.timerStart(function() print("count", count) end, 10)
sys.timerStart(function() print("at the same time", count <= 3000) os.exit(0) end, 10)
-- expect: count	1000
-- expect: at the same time	true
