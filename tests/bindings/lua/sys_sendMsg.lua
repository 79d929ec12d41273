-- sys.sendMsg gives true, or false without such a mailbox; it also publishes the name.
sys.taskInitEx(function() sys.wait(10) end, "box")
sys.subscribe("box", function(...) print("published", ...) end)
print(sys.sendMsg("box", 1, 2, 3, 4), sys.sendMsg("nobody", 1))
-- expect: true	false
-- expect: published
