-- The highest memory limit there is does not get in the way of a report.
-- run: --memory 18446744073709551615
-- status: 1
-- expect error: error_memory_max.lua:6: the words
-- expect error: stack traceback
sys.taskInit(function() error("the words") end)
