-- A fast producer, a slow consumer, and a queue of three between them.
-- A task needs no lock: nothing else runs until it waits.

local ROOM = 3
local queue = {}

sys.taskInit(function() -- the producer
    for item = 1, 6 do
        while #queue == ROOM do
            sys.waitUntil("TAKEN") -- full: wait for room
        end
        queue[#queue + 1] = item
        log.info("producer", "put", item, "queued", #queue)
        sys.publish("PUT")
        sys.wait(10)
    end
    queue[#queue + 1] = "end"
    sys.publish("PUT")
end)

sys.taskInit(function() -- the consumer
    while true do
        while #queue == 0 do
            sys.waitUntil("PUT") -- empty: wait for an item
        end
        local item = table.remove(queue, 1)
        sys.publish("TAKEN")
        if item == "end" then
            break
        end
        sys.wait(100) -- working on it
        log.info("consumer", "did", item, "at", mcu.ticks(), "ms")
    end
end)

sys.run()
