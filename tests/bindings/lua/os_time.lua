-- os.time follows the machine's clock, and starts the same in each simulation.
local start = os.time()
print(os.date("!%Y-%m-%d %H:%M:%S", start)) -- expect: 2000-01-01 00:00:00
print(os.time({year = 2000, month = 1, day = 1, hour = 0}) == start)
-- expect: true
local odd = {year = 2024, month = 14, day = -3, hour = 25, min = 61, sec = 61}
print(os.date("!%Y-%m-%d %H:%M:%S", os.time(odd)))
-- expect: 2025-01-29 02:02:01
print(odd.year, odd.month, odd.day, odd.hour, odd.min, odd.sec)
-- expect: 2025	1	29	2	2	1
print(os.time({year = 1970, month = 1, day = 1, hour = 0})) -- expect: 0
print(pcall(os.time, {year = 2000, month = 1}))
-- expect: false	field 'day' missing in date table
sys.taskInit(function()
    sys.wait(90000)
    print(os.time() - start) -- expect: 90
end)
sys.run()
