-- An error in a task's <close> variable is reported beside the one it died of, which the variable is told.
-- status: 1
-- expect error: error_in_close.lua:12: first
-- expect error: closing its variables: tests/bindings/lua/error_in_close.lua:8: in close
-- expect error: error_in_close.lua:17: alone
local function closing(text)
    return setmetatable({}, {__close = function(_, why)
        if text then print("told", (why:match("%d+: .*"))) error(text) end -- expect: told	12: first
    end})
end
sys.taskInit(function() local x <close> = closing("in close")
    error("first")
end)
print(coroutine.close(sys.taskInit(function() local x <close> = closing() sys.wait(1) end))) -- expect: true
sys.taskInit(function()
    local x <close> = closing()
    error("alone")
end)
sys.taskInit(function() local x <close> = setmetatable({}, {__close = function(_, why) error(why, 0) end}) error("again", 0) end)
