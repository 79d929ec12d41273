-- uart.on after bytes came in is told of them: nothing is lost.
-- run: --uart 1=loop
uart.setup(1, 115200)
uart.write(1, "early")
sys.timerStart(function()
    uart.on(1, "recv", function(id)
        print(uart.read(id)) -- expect: early
    end)
end, 1000)
sys.run()
