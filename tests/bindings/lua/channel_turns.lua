-- A task that never has to wait lets others run: a timer comes in time, and both tasks make headway.
local c, count = weft.channel(1), 0
sys.taskInit(function()
    while count < 1000 do
        c:send(1)
        c:recv()
        count = count + 1
    end
end)
sys.taskInit(function()
    print("other", count < 1000)
end)
print("main", count < 1000)
-- expect: other	true
-- expect: main	true
