-- sys.waitMsg without a mailbox is false, and logged.
sys.taskInit(function() print(sys.waitMsg("nobody", nil, 100)) end)
-- expect: E/user.sys	waitMsg: no such mailbox, start the task with sys.taskInitEx
-- expect: false
