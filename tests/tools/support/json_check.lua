-- json_check.lua - whether the file trace.json is JSON, and a trace
-- SPDX-License-Identifier: MIT
--
-- Prints how many events of each phase there are. Strict: no control
-- characters in strings, no invalid UTF-8, nothing behind the end.
local file = assert(io.open("trace.json", "rb"))
local text = file:read("a")
local at = 1

local function bad(why)
    print("at byte " .. at .. ": " .. why)
    os.exit(1)
end

local function space()
    at = text:match("^[ \t\r\n]*()", at)
end

local function take(what)
    space()
    if text:sub(at, at + #what - 1) ~= what then
        bad("expected " .. what)
    end
    at = at + #what
end

local function string()
    local from = at + 1
    at = from
    while true do
        local c = text:byte(at)
        if c == nil or c < 0x20 then
            bad("control character or end in a string")
        elseif c == 0x22 then
            at = at + 1
            return text:sub(from, at - 2)
        elseif c == 0x5C then
            local escape = text:match('^\\["\\/bfnrt]()', at) or
                text:match("^\\u%x%x%x%x()", at)
            at = escape or bad("bad escape")
        else
            at = at + 1
        end
    end
end

local value

local function list()
    local all = {}
    take("[")
    space()
    if text:sub(at, at) == "]" then
        at = at + 1
        return all
    end
    while true do
        all[#all + 1] = value()
        space()
        if text:sub(at, at) == "]" then
            at = at + 1
            return all
        end
        take(",")
    end
end

local function object()
    local all = {}
    take("{")
    space()
    if text:sub(at, at) == "}" then
        at = at + 1
        return all
    end
    while true do
        space()
        if text:sub(at, at) ~= '"' then
            bad("expected a name")
        end
        local name = string()
        take(":")
        all[name] = value()
        space()
        if text:sub(at, at) == "}" then
            at = at + 1
            return all
        end
        take(",")
    end
end

function value()
    space()
    local c = text:sub(at, at)
    if c == "{" then
        return object()
    elseif c == "[" then
        return list()
    elseif c == '"' then
        return string()
    end
    local number, behind = text:match("^(%-?%d+%.?%d*)()", at)
    if number == nil then
        bad("what is this?")
    end
    at = behind
    return tonumber(number)
end

if not utf8.len(text) then
    bad("not UTF-8")
end
local trace = value()
space()
if at <= #text then
    bad("something behind the end")
end

local phases, counts = {}, {}
for _, event in ipairs(trace.traceEvents) do
    if event.ph == nil or event.pid == nil or
        (event.ph ~= "M" and event.ts == nil) then
        bad("an event without phase, process or time")
    end
    if event.ph == "X" and event.dur < 0 then
        bad("a slice that ends before it begins")
    end
    if counts[event.ph] == nil then
        counts[event.ph] = 0
        phases[#phases + 1] = event.ph
    end
    counts[event.ph] = counts[event.ph] + 1
end
table.sort(phases)
for _, phase in ipairs(phases) do
    print(phase, counts[phase])
end
