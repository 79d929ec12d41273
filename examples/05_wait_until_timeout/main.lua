-- Asks, waits for the answer, but not for ever, and asks again.

-- A server that answers the third question, after 200 ms.
local questions = 0
sys.subscribe("QUESTION", function()
    questions = questions + 1
    if questions == 3 then
        sys.timerStart(sys.publish, 200, "ANSWER", 42)
    end
end)

sys.taskInit(function()
    for try = 1, 5 do
        sys.publish("QUESTION")
        local came, value = sys.waitUntil("ANSWER", 500) -- at most 500 ms
        if came then
            log.info("client", "answer", value, "at", mcu.ticks(), "ms")
            return
        end
        log.warn("client", "no answer to question", try)
    end
    log.error("client", "gave up")
end)

sys.run()
