-- weft.select{{recv = c}, {send = d, value = v}}: the first that can happen does; its index, and what recv or send gives.
local a, b, c = weft.channel(), weft.channel(), weft.channel(1)
sys.taskInit(function()
    print(weft.select { { recv = a }, { recv = b }, { send = c, value = "x" } })
    print(weft.select { { recv = a }, { recv = b }, { send = c, value = "y" } })
    print(mcu.ticks(), c:tryRecv())
    print(weft.select { { recv = a }, { send = b, value = "z" } })
    a:close()
    print(weft.select { { recv = a } })
    print(weft.select { { send = a, value = 1 } })
end)
sys.taskInit(function()
    sys.wait(10) b:send("from b")
    sys.wait(10) print("got", b:recv())
end)
-- expect: 3	true
-- expect: 2	from b
-- expect: 10	x
-- expect: got	z
-- expect: 2	true
-- expect: 1	nil	closed
-- expect: 1	nil	closed
