-- sys.waitMsg gives the wanted message; others go to the callback; nil after the time.
sys.taskInitEx(function()
    local message = sys.waitMsg("box", "wanted", 1000)
    print("got", table.unpack(message, 1, 4))
    print(sys.waitMsg("box", "wanted", 100), mcu.ticks())
    print(sys.waitMsg("box", nil, 0)[1])
end, "box", function(message) print("callback", message[1], message[2]) end)
sys.sendMsg("box", "other", "x")
sys.sendMsg("box", "wanted", "a", "b", "c")
sys.timerStart(sys.sendMsg, 300, "box", "any")
-- expect: callback	other	x
-- expect: got	wanted	a	b	c
-- expect: nil	100
-- expect: any
