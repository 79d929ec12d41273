-- With _G.SYSP set sys.run returns: the host drives.
_G.SYSP = true
sys.timerStart(print, 100, "timer")
print("before")
sys.run()
print("after")
-- expect: before
-- expect: after
-- expect: timer
