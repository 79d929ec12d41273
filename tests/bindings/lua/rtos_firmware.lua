-- rtos.firmware is name, version and board.
print(rtos.firmware():match("^Weft_") ~= nil) -- expect: true
