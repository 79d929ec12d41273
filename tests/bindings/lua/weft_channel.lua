-- weft.channel([capacity]): without a capacity a send waits for its receiver; with n it waits while n values lie there.
local meet, ring = weft.channel(), weft.channel(2)
sys.taskInit(function()
    for i = 1, 3 do meet:send(i) print("met", i, mcu.ticks()) end
end)
sys.taskInit(function()
    for i = 1, 4 do ring:send(i) print("put", i, mcu.ticks()) end
end)
sys.taskInit(function()
    for _ = 1, 3 do sys.wait(10) meet:recv() end
    ring:recv()
end)
-- expect: put	1	0
-- expect: put	2	0
-- expect: met	1	10
-- expect: met	2	20
-- expect: met	3	30
-- expect: put	3	30
-- expect error: waits for a channel to take its value at tests/bindings/lua/weft_channel.lua:7
