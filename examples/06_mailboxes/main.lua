-- A task with a mailbox: messages that were sent to it wait for it in order.

local function lamp()
    while true do
        -- Waits for a message of this kind; others go to the callback below.
        local message = sys.waitMsg("lamp", "SET", 2000)
        if not message then -- nothing came for two seconds
            log.info("lamp", "nobody needs me")
            sys.taskDel("lamp") -- the mailbox goes with it
            return
        end
        log.info("lamp", "brightness", message[2], "colour", message[3])
        sys.wait(100) -- what is sent meanwhile is kept
    end
end

local function others(message)
    log.info("lamp", "ignores", message[1])
end

sys.taskInitEx(lamp, "lamp", others)

sys.taskInit(function()
    sys.sendMsg("lamp", "SET", 10, "red")
    sys.sendMsg("lamp", "SING", "a song")
    sys.sendMsg("lamp", "SET", 90, "white")
    sys.wait(3000)
    log.info("sender", "is the lamp there?", sys.sendMsg("lamp", "SET", 0))
end)

sys.run()
