-- sys.wait outside of a coroutine is an error that says so, with file and line.
local ok, message = pcall(sys.wait, 10)
print(message) -- expect: sys.wait: attempt to wait outside of a coroutine (start a task with sys.taskInit)
local ok, message = pcall(function() sys.wait(10) end)
print((message:gsub("^.*/", ""))) -- expect: sys_wait_outside.lua:4: sys.wait: attempt to wait outside of a coroutine (start a task with sys.taskInit)
sys.timerStart(function() print((pcall(sys.wait, 10))) end, 1) -- expect: false
