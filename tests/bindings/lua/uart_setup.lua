-- uart.setup opens a port and gives 0.
-- run: --uart 1=loop
print(uart.setup(1, 115200)) -- expect: 0
print(uart.setup(1, 9600, 8, 1, uart.None)) -- expect: 0
print(pcall(uart.setup, 1, 0))
-- expect: false	bad argument #2 to 'uart.setup' (baud rate is 1 to 20000000)
print(pcall(uart.setup, 1, 9600, 5))
-- expect: false	bad argument #3 to 'uart.setup' (data bits are 7 or 8)
print(pcall(uart.setup, 99))
-- expect: false	bad argument #1 to 'uart.setup' (the board has no uart 99)
