-- rtos.reboot starts the program again, from wherever it is called, and through any pcall.
-- status: 1
print("boot")
sys.taskInit(function()
    sys.wait(10)
    while true do
        pcall(function() pcall(rtos.reboot) print("never") end)
        print("never")
    end
end)
-- expect: boot
-- expect: boot
-- expect: boot
-- expect: boot
-- expect: boot
-- expect: boot
-- expect: boot
-- expect: boot
-- expect: boot
-- expect: boot
-- expect: boot
