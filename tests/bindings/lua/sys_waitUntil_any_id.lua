-- A topic may be any value but nil and NaN.
sys.taskInit(function() print("function", sys.waitUntil(print)) end)
sys.taskInit(function() print("boolean", sys.waitUntil(false)) end)
sys.taskInit(function() print("number", sys.waitUntil(1)) end)
sys.taskInit(function()
    print(pcall(sys.waitUntil))
    print(pcall(sys.waitUntil, nil))
    print(pcall(sys.waitUntil, 0/0))
end)
sys.publish(print, 1)
sys.publish(false, 2)
sys.publish(1.0, 3)
-- expect: false	bad argument #1 to 'sys.waitUntil' (value expected)
-- expect: false	a topic must not be nil
-- expect: false	a topic must not be NaN
-- expect: function	true	1
-- expect: boolean	true	2
-- expect: number	true	3
