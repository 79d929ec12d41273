-- wdt.init starts a watchdog that restarts the machine when it is not fed.
-- run: --for 2500ms
print("start", wdt.init(1000))
sys.run()
-- expect: start	true
-- expect: start	true
-- expect: start	true
