-- default = true never waits, and may be called anywhere: nil, nil, "empty" if nothing is ready.
local c, d = weft.channel(1), weft.channel(1)
print(weft.select { { recv = c }, { recv = d }, default = true })
d:trySend("d")
print(weft.select { { recv = c }, { recv = d }, default = true })
print(weft.select { { send = c, value = 1 }, default = true })
print(weft.select { { send = c, value = 2 }, default = true })
print(weft.select { default = true })
print(c:tryRecv(), #c)
-- expect: nil	nil	empty
-- expect: 2	d
-- expect: 1	true
-- expect: nil	nil	empty
-- expect: nil	nil	empty
-- expect: 1	0
