-- channel:close(): receivers get what is left, then nil, "closed"; senders nil, "closed"; closing twice is no error.
local c = weft.channel(2)
sys.taskInit(function()
    for i = 1, 4 do print("send", i, c:send(i)) end
end)
sys.taskInit(function()
    sys.wait(10)
    print(c:close())
    print(c:close())
    print(c:recv(), c:recv())
    print(c:recv())
    print(c:send(5))
end)
-- expect: send	1	true
-- expect: send	2	true
-- expect: true
-- expect: nil	closed
-- expect: 1	2
-- expect: nil	closed
-- expect: nil	closed
-- expect: send	3	nil	closed
-- expect: send	4	nil	closed
