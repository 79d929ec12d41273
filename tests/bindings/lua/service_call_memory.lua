-- A service that is called fifty thousand times, also in vain, grows no more.
service.define("s", {
    echo = function(v) return v end,
    slow = function(v) sys.wait(2) return v end,
})
sys.taskInit(function()
    local before
    for i = 1, 50000 do
        local _, got = service.call("s", "echo", { i, "text", key = i })
        assert(got[1] == i and got.key == i)
        assert(not service.call("s", "none", {}))
        if i % 100 == 0 then
            assert(not service.call("s", "slow", i, 1))
            sys.wait(5)
        end
        if i % 1000 == 0 then
            collectgarbage() collectgarbage()
            local _, used = rtos.meminfo("lua")
            before = before or used
            assert(used <= before + 4096, used - before)
        end
    end
    print("done")
end)
-- expect: done
