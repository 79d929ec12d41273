-- sys.safeRun does one step and comes back.
sys.timerStart(print, 100, "timer 1")
sys.timerStart(print, 200, "timer 2")
local steps = 0
while true do
    sys.safeRun()
    steps = steps + 1
    if mcu.ticks() >= 200 then break end
end
print(steps >= 2)
-- expect: timer 1
-- expect: timer 2
-- expect: true
