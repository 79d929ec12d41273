-- A to-be-closed variable closes its channel however the block is left.
local seen
local ok, why = pcall(function()
    local c <close> = weft.channel(1)
    seen = c
    c:trySend("left")
    error("out", 0)
end)
print(ok, why, seen:isClosed(), seen:tryRecv())
-- expect: false	out	true	left
