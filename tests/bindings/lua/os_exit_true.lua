-- os.exit() and os.exit(true) are status 0.
sys.timerStart(function()
    print("bye") -- expect: bye
    os.exit(true)
end, 10)
sys.timerStart(print, 20, "never")
sys.run()
