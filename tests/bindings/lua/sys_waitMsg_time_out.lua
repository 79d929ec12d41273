-- A message never gets lost to a time-out that comes at the same time.
sys.taskInitEx(function()
    for i = 1, 5 do
        local message = sys.waitMsg("box", nil, 100)
        print(mcu.ticks(), message and message[1])
    end
end, "box")
for i = 1, 3 do sys.timerStart(sys.sendMsg, 100 * i, "box", i) end
-- expect: 100	nil
-- expect: 100	1
-- expect: 200	2
-- expect: 300	3
-- expect: 400	nil
