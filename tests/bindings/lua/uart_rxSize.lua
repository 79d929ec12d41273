-- uart.rxSize says how much there is to read.
-- run: --uart 1=loop
uart.setup(1, 115200)
uart.write(1, "abc")
print(uart.rxSize(1)) -- expect: 0
sys.timerStart(function()
    print(uart.rxSize(1), uart.rx_size(1)) -- expect: 3	3
end, 100)
sys.run()
