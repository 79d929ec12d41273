-- `for value in channel do` receives until the channel is closed and empty.
local c = weft.channel(2)
sys.taskInit(function()
    for v in c do print(v, mcu.ticks()) end
    print("over")
end)
sys.taskInit(function()
    for i = 1, 4 do sys.wait(5) c:send(i) end
    c:send("last")
    c:close()
end)
-- expect: 1	5
-- expect: 2	10
-- expect: 3	15
-- expect: 4	20
-- expect: last	20
-- expect: over
