-- Ten thousand selects, lost and won, leave nothing; values of lost sends go.
sys.taskInit(function()
    local c, d, before = weft.channel(), weft.channel(1), nil
    sys.taskInit(function() for v in c do end end)
    for i = 1, 10000 do
        weft.select { { recv = d }, { send = c, value = { i } }, { send = d, value = { i } } }
        weft.select { { recv = c }, { send = d, value = {} }, default = true }
        if i % 1000 == 0 then
            collectgarbage() collectgarbage()
            local _, used = rtos.meminfo("lua")
            before = before or used
            assert(used <= before + 4096, used - before)
        end
    end
    c:close()
    print("done")
end)
-- expect: done
