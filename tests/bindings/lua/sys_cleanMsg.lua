-- sys.cleanMsg empties a mailbox: true, or false where there is none.
sys.taskInitEx(function()
    sys.wait(10)
    print(sys.cleanMsg("box"), sys.cleanMsg("nobody")) -- expect: true	false
    print(sys.waitMsg("box", nil, 10)) -- expect: nil
end, "box")
sys.sendMsg("box", 1)
