-- A callback may unsubscribe itself and subscribe others while it runs: new ones get the next message.
local function once()
    print("once")
    sys.unsubscribe("M", once)
    sys.subscribe("M", function() print("new") end)
end
sys.subscribe("M", once)
sys.publish("M")
sys.publish("M")
-- expect: once
-- expect: new
