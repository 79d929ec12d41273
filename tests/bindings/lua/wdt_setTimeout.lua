-- wdt.setTimeout changes how long the watchdog waits.
-- run: --for 5s
print(wdt.init(1000), wdt.setTimeout(10000)) -- expect: true	true
sys.run()
