-- A capacity is a whole number from 0 on; the error says where.
print(pcall(weft.channel, -1))
print(pcall(weft.channel, 1.5))
print(pcall(weft.channel, "many"))
print(pcall(weft.channel, 1 << 40))
print(#weft.channel(), #weft.channel(3.0), #weft.channel("3"))
print(require("weft") == weft)
weft.channel({})
-- status: 1
-- expect: false	bad argument #1 to 'weft.channel' (the capacity is negative)
-- expect: false	bad argument #1 to 'weft.channel' (number has no integer representation)
-- expect: false	bad argument #1 to 'weft.channel' (number expected, got string)
-- expect: false	bad argument #1 to 'weft.channel' (the capacity is too large, 268435455 at most)
-- expect: 0	0	0
-- expect: true
-- expect error: weft_channel_capacity.lua:8: bad argument #1 to 'channel' (number expected, got table)
