-- channel:isClosed() says whether it was closed, also while values are left.
local c = weft.channel(1)
c:trySend(1)
print(c:isClosed())
c:close()
print(c:isClosed(), #c)
-- expect: false
-- expect: true	1
