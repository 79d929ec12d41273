-- The first error is the scope's, also when the function itself fails; later ones are reported.
sys.taskInit(function()
    print(pcall(weft.scope, function(s)
        s:spawn(function()
            local guard <close> = setmetatable({}, { __close = function() error("second", 0) end })
            sys.wait(1000)
        end)
        error("first", 0)
    end))
end)
-- status: 1
-- expect: false	first
-- expect error: second
