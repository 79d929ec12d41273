-- sys.waitUntil with a table of topics ends with any of them.
sys.taskInit(function()
    print(sys.waitUntil({"A", "B", 5}, 1000))
    print(sys.waitUntil({"A", "B", 5}, 1000))
    print(sys.waitUntil({"A", "B", 5}, 1000))
end)
sys.timerStart(sys.publish, 100, 5, "five")
sys.timerStart(sys.publish, 150, "C", "nobody")
sys.timerStart(sys.publish, 200, "A", "a")
-- expect: true	five
-- expect: true	a
-- expect: false
