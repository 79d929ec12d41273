-- sys.run runs the program and never returns.
sys.timerStart(print, 100, "timer") -- expect: timer
pcall(sys.run)
print("never")
