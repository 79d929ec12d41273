-- mcu.dtick64 gives the distance of two tick64 and compares it.
sys.taskInit(function()
    local before = mcu.tick64()
    sys.wait(20)
    local after = mcu.tick64()
    print(mcu.dtick64(after, before)) -- expect: true	20000
    print(mcu.dtick64(before, after)) -- expect: false	-20000
    print(mcu.dtick64(after, before, 20001)) -- expect: false	20000
end)
sys.run()
