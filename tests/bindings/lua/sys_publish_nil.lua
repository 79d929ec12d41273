-- sys.publish without a topic is an error at the call.
print(pcall(sys.publish)) -- expect: false	bad argument #1 to 'sys.publish' (topic expected, got no value)
print(pcall(sys.publish, nil, 1)) -- expect: false	bad argument #1 to 'sys.publish' (topic expected, got nil)
