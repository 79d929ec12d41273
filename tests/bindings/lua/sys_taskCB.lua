-- sys.taskCB calls the callback of a mailbox.
sys.taskInitEx(function() sys.wait(10) end, "box", function(message) print("callback", message[1]) end)
sys.taskCB("box", {"hi"}) -- expect: callback	hi
sys.taskCB("nobody", {}) -- expect: E/user.sys	taskCB: no callback for this task
