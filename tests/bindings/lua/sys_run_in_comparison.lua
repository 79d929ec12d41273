-- sys.run works even where nothing can yield.
sys.timerStart(print, 100, "timer") -- expect: timer
table.sort({3, 2, 1}, function() sys.run() end)
print("never")
