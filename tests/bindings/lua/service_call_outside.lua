-- service.call outside of a coroutine, or where C code is in between, is an error that says so.
service.define("echo", { echo = function(v) return v end })
print(pcall(service.call, "echo", "echo", 1))
sys.taskInit(function()
    print(select(2, pcall(string.gsub, "x", "x", function() service.call("echo", "echo") end)):match("service.*"))
end)
-- expect: false	service.call: attempt to wait outside of a coroutine (start a task with sys.taskInit)
-- expect: service_call_outside.lua:5: service.call: attempt to wait inside a function that C code called (a comparison, a gsub callback, a metamethod)
