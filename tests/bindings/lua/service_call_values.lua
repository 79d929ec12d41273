-- Integers and floats stay apart, strings keep their zero bytes, tables come as copies; nil is an argument and a result.
service.define("echo", { echo = function(v) return v, nil, v, nil end })
local function echo(v) return select(2, service.call("echo", "echo", v)) end
sys.taskInit(function()
    print(math.type(echo(3)), math.type(echo(3.0)), (echo(math.mininteger)))
    print(#echo("a\0b"), echo("") == "", echo(true), echo(false), (echo(nil)))
    print(echo(0 / 0) ~= echo(0 / 0), (echo(math.huge)))
    local t = { 1, 2.5, "x", nil, 5, name = "a\0", [-3] = true, [math.maxinteger] = 0 }
    local u, _, v = echo(t)
    local n = 0
    for k, x in pairs(u) do assert(t[k] == x and v[k] == x) n = n + 1 end
    print(n, u ~= t, u ~= v, next(echo({})))
    print(select("#", service.call("echo", "echo", nil)))
    print(#echo(("y"):rep(30000)))
end)
-- expect: integer	float	-9223372036854775808
-- expect: 3	true	true	false	nil
-- expect: true	inf
-- expect: 7	true	true	nil
-- expect: 5
-- expect: 30000
