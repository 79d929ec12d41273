-- A message with more values than a dispatch can carry is refused at the call, with its line; 250 arrive.
local function values(n)
    local t = {}
    for i = 1, n do t[i] = i end
    return table.unpack(t)
end
local function refused()
    sys.publish("A", values(251))
end
print((select(2, pcall(refused)):match("too_many.*"))) -- expect: too_many_values.lua:8: sys.publish: a message with 251 values, the limit is 250
print(pcall(sys.publish, "A", values(200000))) -- expect: false	sys.publish: a message with 200000 values, the limit is 250
sys.subscribe("A", function(...) print("got", select("#", ...)) end)
sys.taskInit(function() print("task", select("#", sys.waitUntil("A"))) end)
sys.publish("A", values(250))
-- expect: got	250
-- expect: task	251
