-- channel:tryRecv() never waits and may be called anywhere: the value; nil and "empty" or "closed".
local c = weft.channel(2)
print(c:tryRecv())
c:trySend("a")
c:trySend("b")
c:close()
print(c:tryRecv())
print(c:tryRecv())
print(c:tryRecv())
local meet = weft.channel()
sys.taskInit(function() print(meet:send("c")) end)
print(meet:tryRecv())
-- expect: nil	empty
-- expect: a
-- expect: b
-- expect: nil	closed
-- expect: c
-- expect: true
