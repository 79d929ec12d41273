-- scope:spawn(fn, ...) starts a task in the scope, up to its first wait, and gives its coroutine; also later, and from its tasks.
sys.taskInit(function()
    weft.scope(function(s)
        print(coroutine.status(s:spawn(function(...)
            print(...)
            sys.wait(10)
            s:spawn(function() sys.wait(10) print("grandchild", mcu.ticks()) end)
        end, 1, nil, 3)))
        print(coroutine.status(s:spawn(print, "at once")))
    end)
    print("all", mcu.ticks())
end)
-- expect: 1	nil	3
-- expect: suspended
-- expect: at once
-- expect: dead
-- expect: grandchild	20
-- expect: all	20
