-- uart.on with an unknown event or no function is an error.
print(pcall(uart.on, 1, "lost", print))
-- expect: false	bad argument #2 to 'uart.on' (invalid option 'lost')
print(pcall(uart.on, 1, "sent", 5))
-- expect: false	bad argument #3 to 'uart.on' (function expected, got number)
