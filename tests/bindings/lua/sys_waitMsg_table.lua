-- A mailbox may be named by a table, also an empty one or one that looks like a list of topics.
for _, name in ipairs {{"box"}, {}} do
    sys.taskInitEx(function()
        local at = mcu.ticks()
        local m = sys.waitMsg(name, nil, 1000)
        print(m and m[1], m and m[2], mcu.ticks() - at)
        print(sys.waitMsg(name, nil, 100))
        m = sys.waitMsg(name, "wanted")
        print(m[1], mcu.ticks() - at)
    end, name)
    sys.timerStart(sys.sendMsg, 10, name, "hello", 1)
    sys.timerStart(sys.sendMsg, 200, name, "other")
    sys.timerStart(sys.sendMsg, 300, name, "wanted")
end
sys.timerStart(sys.publish, 5, "box")
-- expect: hello	1	10
-- expect: hello	1	10
-- expect: nil
-- expect: nil
-- expect: wanted	300
-- expect: wanted	300
