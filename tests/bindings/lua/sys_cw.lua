-- sys_cw(topic): wait() gives the message's arguments; with values it gives these at once.
sys.taskInit(function()
    print(sys_cw("DONE").wait())
    print(sys_cw("DONE", false, "failed").wait())
end)
sys_cw("DONE").cb(function(...) print("cb", ...) end)
sys_cw("DONE", false, "no").cb(function(...) print("cb", ...) end)
sys.timerStart(sys.publish, 100, "DONE", 1, 2)
-- expect: cb	false	no
-- expect: 1	2
-- expect: false	failed
-- expect: cb	1	2
