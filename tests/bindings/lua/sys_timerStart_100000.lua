-- 100 000 timers at once all fire, in order.
local fired, last, ordered = 0, 0, true
for i = 1, 100000 do
    sys.timerStart(function(n)
        ordered = ordered and n == last + 1
        last = n
        fired = fired + 1
    end, 1000 + i // 100, i)
end
sys.timerStart(function() print(fired, ordered) end, 5000) -- expect: 100000	true
