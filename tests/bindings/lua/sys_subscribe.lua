-- sys.subscribe calls the function with each message of the topic, once however often it subscribed.
local function f(...) print("f", ...) end
sys.subscribe("M", f)
sys.subscribe("M", f)
sys.subscribe("M", function(...) print("g", ...) end)
sys.publish("M", 1, 2)
-- expect: f	1	2
-- expect: g	1	2
