-- A channel that is used a hundred thousand times grows no more.
local c, back = weft.channel(), weft.channel(3)
sys.taskInit(function() for v in c do back:send({ v }) end end)
sys.taskInit(function()
    local before
    for i = 1, 100000 do
        c:send(i)
        assert(back:recv()[1] == i)
        if i % 1000 == 0 then
            collectgarbage()
            local now = rtos.meminfo("lua")
            local _, used = rtos.meminfo("lua")
            before = before or used
            assert(used <= before + 4096, used - before)
        end
    end
    c:close()
    print("done")
end)
-- expect: done
