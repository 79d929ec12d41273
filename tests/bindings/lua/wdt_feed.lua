-- wdt.feed keeps the watchdog quiet.
-- run: --for 10s
print("start", wdt.init(1000)) -- expect: start	true
sys.timerLoopStart(wdt.feed, 500)
sys.run()
