-- sys.wait(0) lets what is ready run once.
sys.taskInit(function()
    for i = 1, 2 do print("a", i) sys.wait(0) end
end)
sys.taskInit(function()
    for i = 1, 2 do print("b", i) sys.wait(0) end
end)
print("main", mcu.ticks())
-- expect: a	1
-- expect: b	1
-- expect: main	0
-- expect: a	2
-- expect: b	2
