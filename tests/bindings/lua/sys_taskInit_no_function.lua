-- sys.taskInit without a function is an error with file and line.
print(pcall(sys.taskInit, 5))
-- expect: false	bad argument #1 to 'sys.taskInit' (function expected, got number)
