-- sys.wait waits so many milliseconds and returns nothing.
sys.taskInit(function()
    print(select("#", sys.wait(250)), mcu.ticks()) -- expect: 0	250
    sys.wait("500")
    print(mcu.ticks()) -- expect: 750
    sys.wait(500.0)
    print(mcu.ticks()) -- expect: 1250
end)
sys.run()
