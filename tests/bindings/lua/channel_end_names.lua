-- At the end those are named that wait for a channel, with what for and where.
local c = weft.channel()
sys.taskInit(function() c:recv() end)
sys.taskInit(function()
    sys.wait(5)
    weft.channel(1):recv()
end)
sys.taskInit(function() weft.channel():send(1) end)
-- expect error: channel_end_names.lua:3 waits for a value from a channel at tests/bindings/lua/channel_end_names.lua:3
-- expect error: channel_end_names.lua:4 waits for a value from a channel at tests/bindings/lua/channel_end_names.lua:6
-- expect error: channel_end_names.lua:8 waits for a channel to take its value at tests/bindings/lua/channel_end_names.lua:8
