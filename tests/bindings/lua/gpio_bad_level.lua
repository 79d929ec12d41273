-- A level that is neither 0 nor 1 is an error in that task only.
-- status: 1
-- expect error: gpio_bad_level.lua:8: bad argument #2 to 'set'
-- expect error: (level is 0 to 1, not 2)
gpio.setup(27, 0)
sys.taskInit(function()
    print("task") -- expect: task
    gpio.set(27, 2)
end)
sys.timerStart(print, 10, "goes on")
sys.run()
-- expect: goes on
