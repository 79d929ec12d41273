-- The callback of a mailbox may wait itself, as part of the task.
sys.taskInitEx(function()
    print(sys.waitMsg("box", "end")[1], mcu.ticks())
end, "box", function(message) sys.wait(100) print("callback", message[1], mcu.ticks()) end)
sys.sendMsg("box", 1)
sys.sendMsg("box", 2)
sys.sendMsg("box", "end")
-- expect: callback	1	100
-- expect: callback	2	200
-- expect: end	200
