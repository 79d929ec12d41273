-- mcu.tick64 gives eight bytes and the ticks in a microsecond.
local bytes, per_us = mcu.tick64()
print(#bytes, per_us) -- expect: 8	1
