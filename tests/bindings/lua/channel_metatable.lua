-- What the debug library gets at takes channels and scopes only.
local function try(object, names, other)
    local mt = debug.getmetatable(object)
    for name in names:gmatch("%S+") do
        local f = mt[name] or mt.__index[name]
        print(name, pcall(f, other, 1) or pcall(f, nil, 1) or pcall(f))
    end
end
local c = weft.channel()
sys.taskInit(function()
    try(c, "__call __len __gc __close", io.stderr)
    try(c, "send recv trySend tryRecv close isClosed", io.stderr)
    weft.scope(function(s)
        try(c, "__len __gc send", s)
        try(s, "__close spawn cancel isCancelled", c)
    end)
    io.stderr:write("still open\n")
end)
-- expect: __call	false
-- expect: __len	false
-- expect: __gc	false
-- expect: __close	false
-- expect: send	false
-- expect: recv	false
-- expect: trySend	false
-- expect: tryRecv	false
-- expect: close	false
-- expect: isClosed	false
-- expect: __len	false
-- expect: __gc	false
-- expect: send	false
-- expect: __close	false
-- expect: spawn	false
-- expect: cancel	false
-- expect: isCancelled	false
-- expect error: still open
