-- Inside one long C function nothing can be stopped: with --kill-stuck the program ends after 1 s more.
-- run: --kill-stuck
-- status: 1
-- expect error: inside one C function
sys.taskInit(function()
    sys.wait(10)
    string.find(("a"):rep(300000), ".-.-.-b")
end)
sys.timerStart(print, 20, "never")
