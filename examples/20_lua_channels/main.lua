-- Channels between tasks: a queue of jobs, three workers, results in a ring.
local sys = require "sys"

local jobs = weft.channel()      -- a job is handed over when a worker takes it
local results = weft.channel(4)  -- four may lie there before a worker waits

local function worker(name)
    for job in jobs do -- until the channel is closed
        sys.wait(job.ms)
        results:send(name .. " made " .. job.what .. " in " .. job.ms .. " ms")
    end
    results:send(name .. " goes home")
end

for _, name in ipairs { "Ada", "Bob", "Cyd" } do
    sys.taskInit(worker, name)
end

sys.taskInit(function()
    for i = 1, 7 do
        jobs:send { what = "part " .. i, ms = i * 10 }
    end
    jobs:close()
end)

sys.taskInit(function()
    while true do
        local line, why = results:recv(100)
        if why == "timeout" then break end
        print(mcu.ticks(), line)
    end
    print(mcu.ticks(), "nothing more for 100 ms")
end)

sys.run()
