-- A pin's callback may publish; tasks that wait run after it.
-- run: --press 0@50ms
sys.taskInit(function()
    print(sys.waitUntil("KEY")) -- expect: true	0
end)
gpio.setup(0, function(level) sys.publish("KEY", level) end, gpio.PULLUP)
sys.run()
