-- At the end a task that waits for an answer for ever is named, and so is the operation.
service.define("deaf", { never = function() sys.waitUntil("NEVER") end })
sys.taskInit(function() service.call("deaf", "never") end)
-- expect error: service_end_names.lua:3 waits for the answer of a service at
-- expect error: service_end_names.lua:2 waits for message "NEVER" at
