-- sys.timerIsActive by id or call; false in a one-shot's own callback, true in a repeating one's.
local id
local function once() print("once", sys.timerIsActive(id)) end
local function loop()
    print("loop", sys.timerIsActive(loop))
    sys.timerStop(loop)
    print("loop", sys.timerIsActive(loop))
end
id = sys.timerStart(once, 100)
sys.timerLoopStart(loop, 200)
print(sys.timerIsActive(id), sys.timerIsActive(once), sys.timerIsActive(once, 1))
-- expect: true	true	false
-- expect: once	false
-- expect: loop	true
-- expect: loop	false
