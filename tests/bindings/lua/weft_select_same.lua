-- One channel may be in several cases, also to send and to receive: a select never meets itself, and two may meet.
local c = weft.channel()
local function both(name)
    local i, v = weft.select { { recv = c }, { send = c, value = name }, { recv = c } }
    print(name, i == 2 and "sent" or "received", v)
end
sys.taskInit(both, "one")
print(#c)
sys.taskInit(both, "two")
-- expect: 0
-- expect: two	sent	true
-- expect: one	received	two
