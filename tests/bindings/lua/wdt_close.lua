-- wdt.close says that a watchdog cannot be stopped.
-- run: --for 500ms
wdt.init(1000)
print(wdt.close()) -- expect: false
sys.run()
