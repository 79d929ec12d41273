-- channel:trySend(value) never waits and may be called anywhere: true; nil and "full" or "closed".
local c = weft.channel(1)
print(c:trySend(1))
print(c:trySend(2))
c:close()
print(c:trySend(3))
print(weft.channel():trySend(4))
-- expect: true
-- expect: nil	full
-- expect: nil	closed
-- expect: nil	full
