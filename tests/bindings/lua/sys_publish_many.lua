-- 100 000 messages may be queued; none is lost.
local sum = 0
sys.subscribe("N", function(n) sum = sum + n end)
for i = 1, 100000 do sys.publish("N", i) end
sys.publish("END")
sys.subscribe("END", function() print(sum == 100000 * 100001 // 2) end) -- expect: true
