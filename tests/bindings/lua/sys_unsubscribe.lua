-- sys.unsubscribe ends it; one that leaves during a message still gets that one.
local function f() print("f") end
local function g() print("g") end
sys.subscribe("M", function()
    print("first")
    sys.unsubscribe("M", f)
end)
sys.subscribe("M", f)
sys.subscribe({"M", "N"}, g)
sys.publish("M")
sys.publish("M")
sys.taskInit(function()
    sys.waitUntil("M")
    sys.waitUntil("M")
    sys.unsubscribe({"M", "N"}, g)
    sys.unsubscribe("NOBODY", g)
    sys.publish("N")
    sys.publish("M")
end)
-- expect: first
-- expect: f
-- expect: g
-- expect: first
-- expect: g
-- expect: first
