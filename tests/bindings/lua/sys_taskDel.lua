-- sys.taskDel removes a mailbox; the task itself goes on.
sys.taskInitEx(function()
    sys.taskDel("box")
    print(sys.sendMsg("box", 1)) -- expect: false
    log.setLevel("SILENT")
    print(sys.waitMsg("box")) -- expect: false
end, "box")
