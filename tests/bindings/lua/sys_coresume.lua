-- sys.coresume resumes, gives what coroutine.resume gives, and reports an error.
-- status: 1
-- expect error: sys_coresume.lua:10: oops
local co = coroutine.create(function(a)
    local b = coroutine.yield(a + 1)
    return b * 2
end)
print(sys.coresume(co, 1)) -- expect: true	2
print(sys.coresume(co, 21)) -- expect: true	42
local bad = coroutine.create(function() error("oops") end)
print((sys.coresume(bad))) -- expect: false
