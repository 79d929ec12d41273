-- mcu.ticks counts milliseconds from the start, by the machine's clock.
local before = mcu.ticks()
print(before, math.type(before)) -- expect: 0	integer
sys.taskInit(function()
    sys.wait(1500)
    print(mcu.ticks()) -- expect: 1500
end)
sys.run()
