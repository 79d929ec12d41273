-- A coroutine that a task resumed and that never comes back is found and stopped too.
-- run: --kill-stuck
-- status: 1
-- expect error: stuck_nested.lua:5 has run for 2000 ms without a wait
local co = coroutine.create(function() while true do end end)
sys.taskInit(function() print(coroutine.resume(co)) end)
-- expect: false	tests/bindings/lua/stuck_nested.lua:5: stopped: it ran for 2000 ms without a wait
