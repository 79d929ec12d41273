-- uart.rxClear throws away what came in.
-- run: --uart 1=loop
uart.setup(1, 115200)
uart.write(1, "abc")
sys.timerStart(function()
    uart.rxClear(1)
    print(uart.rxSize(1)) -- expect: 0
end, 100)
sys.run()
