-- At the end a task in a raw coroutine.yield is named, unless it was resumed since; so is a wait for no topic.
-- expect error: task tests/bindings/lua/end_names_raw_yield.lua:6 waits for message "A" at tests/bindings/lua/end_names_raw_yield.lua:6
-- expect error: task tests/bindings/lua/end_names_raw_yield.lua:7 waits for a coroutine.resume at tests/bindings/lua/end_names_raw_yield.lua:7
-- expect error: task tests/bindings/lua/end_names_raw_yield.lua:9 waits for a coroutine.resume at tests/bindings/lua/end_names_raw_yield.lua:11
-- expect error: task tests/bindings/lua/end_names_raw_yield.lua:8 waits for a message of no topic at tests/bindings/lua/end_names_raw_yield.lua:8
local a = sys.taskInit(function() coroutine.yield() print("goes on", sys.waitUntil("A")) end)
sys.taskInit(function() coroutine.yield() end)
sys.taskInit(function() sys.waitUntil({}) end)
sys.taskInit(function()
    sys.wait(1)
    coroutine.yield()
end)
local over = sys.taskInit(function() coroutine.yield() print("over") end) -- expect: over
coroutine.resume(over)
coroutine.close(sys.taskInit(function() coroutine.yield() end))
coroutine.resume(a)
