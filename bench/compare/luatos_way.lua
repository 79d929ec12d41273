-- luatos_way.lua - the peer: tasks, timers and messages the LuatOS way
-- SPDX-License-Identifier: MIT
--
--     lua5.4 luatos_way.lua bench/scenarios/script.lua times|memory
--
-- A runtime in plain Lua, built as LuatOS's is: one table of timers by id, a
-- free id searched one by one, a timer's function compared with that of every
-- other, one list of messages that is handled from its front, waits as table
-- entries that a loop looks up when the firmware reports an id. What would be
-- firmware below it is a queue here: a timer expires when its turn comes, and
-- no time passes. That is less than any real one has to do.

-- The firmware ------------------------------------------------------------

local due, due_first, due_last = {}, 1, 0
local stopped = {}

local function timer_arm(id)
    due_last = due_last + 1
    due[due_last] = id
    stopped[id] = nil
end

local function timer_disarm(id)
    stopped[id] = true
end

local function next_expired()
    while due_first <= due_last do
        local id = due[due_first]
        due[due_first] = nil
        due_first = due_first + 1
        if not stopped[id] then
            return id
        end
        stopped[id] = nil
    end
end

-- Timers and waits ----------------------------------------------------------

local WAIT_IDS, TIMER_IDS = 0x1FFFFF, 0x7FFFFF
local owner = {}     -- id -> coroutine that waits, or function to call
local arguments = {} -- id -> arguments of the function
local timer_of = {}  -- coroutine -> id of its wait
local wait_id, timer_id = 0, WAIT_IDS

local function free_id(id, first, last)
    repeat
        id = id < last and id + 1 or first
    until owner[id] == nil
    return id
end

local function same(a, b)
    if a.n ~= b.n then
        return false
    end
    for i = 1, a.n do
        if a[i] ~= b[i] then
            return false
        end
    end
    return true
end

local sys = {}

local function resume(co, ...)
    local ok, reason = coroutine.resume(co, ...)
    if not ok then
        error(debug.traceback(co, reason), 0)
    end
end

function sys.taskInit(fn, ...)
    local co = coroutine.create(fn)
    resume(co, ...)
    return co
end

function sys.wait(ms)
    local co = coroutine.running()
    wait_id = free_id(wait_id, 0, WAIT_IDS)
    local id = wait_id
    owner[id] = co
    timer_of[co] = id
    timer_arm(id, ms)
    local values = {coroutine.yield()}
    if #values > 0 then -- somebody else resumed it
        timer_disarm(id)
        owner[id] = nil
        timer_of[co] = nil
        return table.unpack(values)
    end
end

function sys.timerStop(what, ...)
    if type(what) == "number" then
        if owner[what] ~= nil then
            timer_disarm(what)
            owner[what], arguments[what] = nil, nil
        end
        return
    end
    local wanted = table.pack(...)
    for id, fn in pairs(owner) do
        if fn == what and same(arguments[id], wanted) then
            timer_disarm(id)
            owner[id], arguments[id] = nil, nil
            return
        end
    end
end

function sys.timerStart(fn, ms, ...)
    sys.timerStop(fn, ...)
    timer_id = free_id(timer_id, WAIT_IDS + 1, TIMER_IDS)
    owner[timer_id] = fn
    arguments[timer_id] = table.pack(...)
    timer_arm(timer_id, ms)
    return timer_id
end

local function expire(id)
    local who = owner[id]
    owner[id] = nil
    if type(who) == "thread" then
        timer_of[who] = nil
        resume(who)
    elseif who ~= nil then
        local values = arguments[id]
        arguments[id] = nil
        who(table.unpack(values, 1, values.n))
    end
end

-- Messages ------------------------------------------------------------------

local messages = {}    -- the queue: a list, taken from its front
local subscribers = {} -- topic -> table of functions and coroutines

function sys.subscribe(topic, who)
    subscribers[topic] = subscribers[topic] or {}
    subscribers[topic][who] = true
end

function sys.unsubscribe(topic, who)
    if subscribers[topic] then
        subscribers[topic][who] = nil
    end
end

function sys.publish(...)
    messages[#messages + 1] = table.pack(...)
end

function sys.waitUntil(topic, ms)
    local co = coroutine.running()
    sys.subscribe(topic, co)
    local values = table.pack(ms and sys.wait(ms) or coroutine.yield())
    sys.unsubscribe(topic, co)
    return values[1] ~= nil, table.unpack(values, 2, values.n)
end

-- Those that are there when it begins, without those that come meanwhile.
local function deliver(message)
    local found = {}
    for who in pairs(subscribers[message[1]] or {}) do
        found[#found + 1] = who
    end
    for _, who in ipairs(found) do
        if type(who) == "thread" then
            resume(who, table.unpack(message, 1, message.n))
        else
            who(table.unpack(message, 2, message.n))
        end
    end
end

local function deliver_all()
    while #messages > 0 do
        deliver(table.remove(messages, 1))
    end
end

function sys.run()
    while true do
        deliver_all()
        local id = next_expired()
        if id == nil then
            return
        end
        expire(id)
    end
end

-- The measurement -------------------------------------------------------------

_G.sys = sys
_G.bench = {
    what = arg[2],
    cpu = os.clock,
    short = os.getenv("BENCH_SHORT") ~= nil,
    -- Each start compares with all others: 10^5 would take minutes.
    most_timers = 1000,
    memory = function()
        collectgarbage()
        collectgarbage()
        return collectgarbage("count") * 1024
    end,
    report = function(name, samples)
        table.sort(samples)
        print(string.format("Lua\t%s\t%.4g\t%.4g\t%.4g", name,
            samples[#samples // 2 + 1], samples[1], samples[#samples]))
    end,
}
dofile(arg[1])
