-- A timer may stop, or start again, itself and others in its own callback.
local other = sys.timerStart(print, 150, "never")
local n = 0
local function f()
    n = n + 1
    sys.timerStop(f)
    sys.timerStop(other)
    if n < 3 then sys.timerStart(f, 50) end
    print(n, mcu.ticks())
end
sys.timerLoopStart(f, 100)
-- expect: 1	100
-- expect: 2	150
-- expect: 3	200
