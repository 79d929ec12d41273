-- An error in an operation is the caller's reason, and is reported as that of any task; the service goes on.
service.define("s", {
    fail = function(v) sys.wait(1) error("no " .. v) end,
    plain = function() error("plain", 0) end,
    zero = function() error("a\0b", 0) end,
    object = function() error({ code = 5 }) end,
    nested = function() return 1, { 2, { 3 } } end,
    many = function() return table.unpack({}, 1, 33) end,
    large = function() return ("x"):rep(65000), ("x"):rep(65000) end,
    fine = function() return "fine" end,
})
sys.taskInit(function()
    for _, op in ipairs { "fail", "plain", "object", "nested", "many", "large", "fine" } do
        print(service.call("s", op, "bread"))
    end
    print(#select(2, service.call("s", "zero")))
end)
-- status: 1
-- expect: false	tests/bindings/lua/service_define_error.lua:3: no bread
-- expect: false	plain
-- expect: false	failed with an error that is no string
-- expect: false	operation "nested": result 2: the key 2 has a table, which cannot be passed
-- expect: false	operation "many": 33 results, 32 at most
-- expect: false	operation "large": the results are too large, 65536 bytes at most
-- expect: true	fine
-- expect: 3
-- expect error: error in task tests/bindings/lua/service_define_error.lua:3: tests/bindings/lua/service_define_error.lua:3: no bread
