-- Two tasks that wait for different times share one machine.
-- The program ends by itself: when both are done nothing can happen any more.

local function worker(name, pause, rounds) -- arguments come from taskInit
    for round = 1, rounds do
        sys.wait(pause)
        log.info(name, "round", round, "at", mcu.ticks(), "ms")
    end
    log.info(name, "done")
end

sys.taskInit(worker, "hare", 200, 4)
sys.taskInit(worker, "tortoise", 350, 2)

sys.run()
