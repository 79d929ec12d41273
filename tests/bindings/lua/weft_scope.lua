-- weft.scope(fn): runs fn(scope) and gives its results when all that it spawned has ended.
sys.taskInit(function()
    print(weft.scope(function(s)
        for i = 1, 3 do
            s:spawn(function(n) sys.wait(n * 10) print(n, mcu.ticks()) end, i)
        end
        print("function", mcu.ticks())
        return "a", nil, "c"
    end))
    print(mcu.ticks())
    print(select("#", weft.scope(function() end)))
end)
-- expect: function	0
-- expect: 1	10
-- expect: 2	20
-- expect: 3	30
-- expect: a	nil	c
-- expect: 30
-- expect: 0
