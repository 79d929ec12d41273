-- os.date formats the machine's time, in UTC in a simulation.
print(os.date("%Y-%m-%d %H:%M:%S")) -- expect: 2000-01-01 00:00:00
print(os.date("!%H:%M", 3600 * 13 + 120)) -- expect: 13:02
sys.taskInit(function()
    sys.wait(3661000)
    local now = os.date("*t")
    print(now.hour, now.min, now.sec, now.yday) -- expect: 1	1	1	1
end)
sys.run()
