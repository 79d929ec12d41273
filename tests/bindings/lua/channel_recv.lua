-- channel:recv() waits for a value; those who wait are served first come, first served.
local c = weft.channel()
for i = 1, 3 do
    sys.taskInit(function() print(i, c:recv()) end)
end
sys.taskInit(function()
    for _, v in ipairs { "x", "y", "z" } do c:send(v) end
    print("sent")
end)
-- expect: sent
-- expect: 1	x
-- expect: 2	y
-- expect: 3	z
