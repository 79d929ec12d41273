-- script.lua - what is measured of scripts: by lua.c on Weft, and the same
-- file by compare/luatos_way.lua in plain Lua
-- SPDX-License-Identifier: MIT
--
-- Given: sys, and bench: what ("times" or "memory"), cpu() CPU seconds of the
-- process, memory() bytes in use, report(name, samples), short, most_timers.

local ROUNDS = bench.short and 1 or 9

local function size(n)
    return bench.short and math.min(n, 1000) or n
end

-- A round that is not counted, then the others: ns for each of n.
local function run(name, n, round)
    local samples = {}
    round(n)
    for i = 1, ROUNDS do
        samples[i] = round(n) * 1e9 / n
    end
    bench.report(name, samples)
end

local function wait(n)
    local begin = bench.cpu()
    for _ = 1, n do
        sys.wait(0)
    end
    return bench.cpu() - begin
end

-- Many tasks wait 1 ms again and again; the last one tells.
local function wait_many(n)
    local tasks = 1000
    local left = tasks
    local begin = bench.cpu()
    for _ = 1, tasks do
        sys.taskInit(function()
            for _ = 1, n / tasks do
                sys.wait(1)
            end
            left = left - 1
            if left == 0 then
                sys.publish("ALL_WAITED")
            end
        end)
    end
    sys.waitUntil("ALL_WAITED")
    return bench.cpu() - begin
end

-- Two tasks send each other messages: each goes to a task that waits.
local function publish(n)
    sys.taskInit(function()
        for _ = 1, n / 2 do
            sys.waitUntil("PING")
            sys.publish("PONG")
        end
    end)
    local begin = bench.cpu()
    for _ = 1, n / 2 do
        sys.publish("PING")
        sys.waitUntil("PONG")
    end
    return bench.cpu() - begin
end

-- Messages to a subscribed function, 64 in the queue at a time.
local function handle(n)
    local count = 0
    local function handler()
        count = count + 1
        if count % 64 == 0 then
            sys.publish("HANDLED")
        end
    end
    sys.subscribe("HANDLE", handler)
    local begin = bench.cpu()
    for _ = 1, n / 64 do
        for _ = 1, 64 do
            sys.publish("HANDLE")
        end
        sys.waitUntil("HANDLED")
    end
    begin = bench.cpu() - begin
    sys.unsubscribe("HANDLE", handler)
    return begin
end

local function timers(name, n)
    if n > bench.most_timers then
        return
    end
    local function nothing() end
    local ids = {}
    local stopping = {}
    run("lua_timer_start_" .. name, n, function()
        local begin = bench.cpu()
        for i = 1, n do
            ids[i] = sys.timerStart(nothing, 3600000, i)
        end
        local middle = bench.cpu()
        for i = 1, n do
            sys.timerStop(ids[i])
        end
        stopping[#stopping + 1] = (bench.cpu() - middle) * 1e9 / n
        return middle - begin
    end)
    table.remove(stopping, 1)
    bench.report("lua_timer_stop_" .. name, stopping)
end

-- The slots of `keep` are there before, so that they are not counted.
local keep = {}

local function bytes(name, make)
    local n = size(100000)
    for i = 1, n do
        keep[i] = false
    end
    local before = bench.memory()
    for i = 1, n do
        keep[i] = make()
    end
    local each = (bench.memory() - before) / n
    bench.report(name, {each})
    return each
end

local function memory()
    local function bare() coroutine.yield() end
    local function asleep() sys.wait(3600000) end
    local function waiting() sys.waitUntil("NEVER") end
    local own = bytes("lua_bytes_bare", function()
        local co = coroutine.create(bare)
        coroutine.resume(co)
        return co
    end)
    local wait_bytes = bytes("lua_bytes_wait", function()
        return sys.taskInit(asleep)
    end)
    local until_bytes = bytes("lua_bytes_until", function()
        return sys.taskInit(waiting)
    end)
    bench.report("lua_share_wait", {wait_bytes - own})
    bench.report("lua_share_until", {until_bytes - own})
end

local function times()
    run("lua_wait", size(1000000), wait)
    run("lua_wait_many", size(1000000), wait_many)
    run("lua_publish", size(1000000), publish)
    run("lua_handle", size(640000), handle)
    timers("1e3", 1000)
    timers("1e4", size(10000))
    timers("1e5", size(100000))
    timers("1e6", size(1000000))
end

sys.taskInit(function()
    if bench.what == "times" then
        times()
    else
        memory()
    end
    os.exit(0)
end)
sys.run()
