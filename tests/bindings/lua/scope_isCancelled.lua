-- scope:isCancelled() is for long work between waits.
sys.taskInit(function()
    weft.scope(function(s)
        s:spawn(function()
            local n = 0
            while not s:isCancelled() do n = n + 1 sys.wait(1) end
            print(n)
        end)
        sys.wait(5)
        print(s:isCancelled())
        s:cancel()
        print(s:isCancelled())
    end)
end)
-- expect: false
-- expect: true
