-- sys.timerAdvStart with a bad repeat is refused.
log.setLevel("SILENT")
print(sys.timerAdvStart(print, 100, -2)) -- expect: nil
print(sys.timerAdvStart(print, 100)) -- expect: nil
print(sys.timerAdvStart(print, 100, 0.5)) -- expect: nil
