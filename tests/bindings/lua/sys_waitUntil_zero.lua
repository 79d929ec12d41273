-- sys.waitUntil with 0 milliseconds yields once; a queued message still counts.
sys.taskInit(function()
    print(sys.waitUntil("X", 0)) -- expect: false
    sys.publish("X", "now")
    print(sys.waitUntil("X", 0)) -- expect: true	now
    print(mcu.ticks()) -- expect: 0
end)
