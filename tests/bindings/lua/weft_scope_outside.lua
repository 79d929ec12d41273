-- weft.scope waits, so it is for tasks; its function must be one.
print(pcall(weft.scope, print))
sys.taskInit(function()
    print(pcall(weft.scope))
    print(pcall(weft.scope, {}))
    print(pcall(string.gsub, "x", "x", function() weft.scope(print) end))
end)
weft.scope(print)
-- status: 1
-- expect: false	weft.scope: attempt to wait outside of a coroutine (start a task with sys.taskInit)
-- expect: false	bad argument #1 to 'weft.scope' (function expected, got no value)
-- expect: false	bad argument #1 to 'weft.scope' (function expected, got table)
-- expect: false	tests/bindings/lua/weft_scope_outside.lua:6: weft.scope: attempt to wait inside a function that C code called (a comparison, a gsub callback, a metamethod)
-- expect error: weft_scope_outside.lua:8: weft.scope: attempt to wait outside of a coroutine
