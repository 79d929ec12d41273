-- Of several that are ready any may be taken; with ordered = true the first is.
local c, d = weft.channel(1), weft.channel(1)
local counts, first = { 0, 0 }, 0
for _ = 1, 200 do
    c:trySend(1)
    d:trySend(1)
    local i = weft.select { { recv = c }, { recv = d }, default = true }
    counts[i] = counts[i] + 1
    c:trySend(1)
    d:trySend(1)
    if weft.select { { recv = d }, { recv = c }, ordered = true, default = true } == 1 then first = first + 1 end
end
print(counts[1] > 50 and counts[2] > 50, first)
-- expect: true	200
