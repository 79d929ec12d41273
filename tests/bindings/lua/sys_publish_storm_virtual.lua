-- A storm does not stop virtual time: after a million steps it moves on, and says so.
-- expect error: virtual time moves on
sys.subscribe("STORM", function() sys.publish("STORM") end)
sys.publish("STORM")
sys.timerStart(function() print("time came") os.exit(0) end, 3) -- expect: time came
