-- uart.write takes all bytes, or as many as the size says.
-- run: --uart 1=loop
uart.setup(1, 115200)
print(uart.write(1, "abcdef", 3)) -- expect: 3
print(uart.write(1, "")) -- expect: 0
print(uart.write(1, "gh")) -- expect: 2
sys.timerStart(function()
    print(uart.read(1)) -- expect: abcgh
end, 100)
sys.run()
