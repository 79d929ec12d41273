-- sys.subscribe wants a topic and a function or a thread.
print(pcall(sys.subscribe, "M", 5))
print(pcall(sys.subscribe, nil, print))
-- expect: false	bad argument #2 to 'sys.subscribe' (function or thread expected, got number)
-- expect: false	bad argument #1 to 'sys.subscribe' (topic expected, got nil)
