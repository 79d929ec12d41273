-- Ten thousand scopes, cancelled, failed and joined, leave nothing.
sys.taskInit(function()
    local before
    for i = 1, 10000 do
        pcall(weft.scope, function(s)
            local c = weft.channel()
            s:spawn(function() c:recv() end)
            s:spawn(function() sys.wait(1000) end)
            if i % 3 == 0 then error("x") elseif i % 3 == 1 then s:cancel() else c:send(1) s:cancel() end
        end, i % 2 == 0 and 50 or nil)
        if i % 1000 == 0 then
            collectgarbage() collectgarbage()
            local _, used = rtos.meminfo("lua")
            before = before or used
            assert(used <= before + 4096, used - before)
        end
    end
    print("done", mcu.ticks())
end)
-- expect: done	0
