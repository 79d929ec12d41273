-- uart.close closes a port; using it then is an error with file and line.
-- run: --uart 1=loop
-- status: 1
-- expect error: uart_close.lua:10: bad argument #1 to 'write'
-- expect error: (call uart.setup first)
uart.setup(1, 115200)
uart.close(1)
uart.close(2)
print("closed") -- expect: closed
uart.write(1, "x")
