-- A watchdog restarts the machine when a task stops feeding it.
-- run: --for 5500ms

log.info("main", "start")
wdt.init(2000) -- bites when it was not fed for two seconds

sys.taskInit(function()
    for _ = 1, 3 do -- all is well ...
        wdt.feed()
        log.info("worker", "fed at", mcu.ticks(), "ms")
        sys.wait(1000)
    end
    log.warn("worker", "hangs")
    sys.waitUntil("NEVER") -- ... until it waits for what never comes
end)

sys.run()
