-- At the end those are named that wait in a scope, and for it.
sys.taskInit(function()
    weft.scope(function(s)
        s:spawn(function() weft.channel():recv() end)
    end)
end)
-- expect error: weft_scope_end_names.lua:2 waits for the tasks of its scope at tests/bindings/lua/weft_scope_end_names.lua:3
-- expect error: weft_scope_end_names.lua:4 waits for a value from a channel at tests/bindings/lua/weft_scope_end_names.lua:4
