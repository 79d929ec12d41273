-- Tasks that wait for a channel and for time, messages and mailboxes work beside each other.
local jobs = weft.channel()
sys.taskInitEx(function()
    local m = sys.waitMsg("box", nil, 100)
    jobs:send(m[1])
    sys.publish("DONE", m[1])
end, "box")
sys.taskInit(function()
    print("job", jobs:recv())
    sys.sendMsg("nobody")
end)
sys.subscribe("DONE", function(v) print("done", v) jobs:close() end)
sys.taskInit(function() sys.wait(10) sys.sendMsg("box", "work") end)
sys.taskInit(function()
    sys.waitUntil("DONE")
    print("told", jobs:recv())
end)
-- expect: done	work
-- expect: told	nil	closed
-- expect: job	work
