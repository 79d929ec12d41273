-- Calls and services while the collector runs all the time: nothing that is in use goes.
collectgarbage("incremental", 0, 10000, 1)
local names = {}
for i = 1, 20 do
    names[i] = "s" .. i
    service.define(names[i], {
        echo = function(v) sys.wait(i % 3) return v, { v, tostring(v) } end,
        fail = function(v) sys.wait(i % 2) return pcall(error, v) end,
    })
end
local done = 0
for i = 1, 20 do
    sys.taskInit(function()
        for j = 1, 20 do
            local text = i .. "/" .. j
            collectgarbage("step", 0)
            local ok, a, b = service.call(names[(i * j) % 20 + 1], "echo", text, j % 5 == 0 and 1 or nil)
            assert(ok and a == text and b[2] == text or not ok and a == "timed out")
            ok, a, b = service.call(names[j], "fail", text)
            assert(ok and a == false and b == text)
        end
        done = done + 1
        if done == 20 then print("done") end
    end)
end
-- expect: done
