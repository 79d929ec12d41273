-- sys.wait(0) for ever is a storm like any other: --for ends it.
-- run: --for 20ms
-- expect error: virtual time moves on
-- expect error: --for is over
sys.taskInit(function() while true do sys.wait(0) end end)
