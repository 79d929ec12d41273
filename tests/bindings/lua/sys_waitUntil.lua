-- sys.waitUntil gives true and the arguments of the message, or false after the time.
sys.taskInit(function()
    print(sys.waitUntil("READY"))
    print(sys.waitUntil("READY", 1000))
    print(sys.waitUntil("READY", 1000))
    print(mcu.ticks())
end)
sys.timerStart(sys.publish, 100, "READY", "a", nil, "c")
sys.timerStart(sys.publish, 200, "READY")
-- expect: true	a	nil	c
-- expect: true
-- expect: false
-- expect: 1200
