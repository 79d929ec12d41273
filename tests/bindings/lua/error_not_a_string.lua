-- Errors that are not strings, or cannot be printed, are reported like any other.
-- status: 1
-- expect error: error_not_a_string.lua:7: nil
-- expect error: nice text
-- expect error: an error object, a table, that cannot be printed
-- expect error: table: 0x
sys.taskInit(function() error(nil) end)
sys.taskInit(function() error(setmetatable({}, {__tostring = function() return "nice text" end})) end)
sys.taskInit(function() error(setmetatable({}, {__tostring = function() error("again") end})) end)
sys.taskInit(function() error({}) end)
sys.timerStart(function() error(setmetatable({}, {__tostring = function() error("again") end})) end, 1)
sys.timerStart(print, 10, "still here") -- expect: still here
