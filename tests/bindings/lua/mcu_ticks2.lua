-- mcu.ticks2 gives micro-, milliseconds or seconds as millions and the rest.
sys.taskInit(function()
    sys.wait(3250)
    print(mcu.ticks2(0)) -- expect: 3	250000
    print(mcu.ticks2(1)) -- expect: 0	3250
    print(mcu.ticks2(2)) -- expect: 0	3
end)
sys.run()
