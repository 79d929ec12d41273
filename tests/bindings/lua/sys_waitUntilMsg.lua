-- sys.waitUntilMsg waits for ever and gives the arguments alone.
sys.taskInit(function()
    print(sys.waitUntilMsg("M"))
    print(select("#", sys.waitUntilMsg("M")))
end)
sys.timerStart(sys.publish, 100, "M", "x", "y")
sys.timerStart(sys.publish, 200, "M")
-- expect: x	y
-- expect: 0
