-- sys.waitUntilExt gives the topic and its arguments, or false.
sys.taskInit(function()
    print(sys.waitUntilExt({"A", "B"}))
    print(sys.waitUntilExt("A", 100))
end)
sys.publish("B", 1, 2)
-- expect: B	1	2
-- expect: false
