-- string.fromHex reads pairs of hex digits; what is none separates them.
print(string.fromHex("313233616263")) -- expect: 123abc
print(("4a 4B,4c"):fromHex()) -- expect: JKL
print(#string.fromHex("00ff"), #string.fromHex("4"), #string.fromHex(""))
-- expect: 2	0	0
for size = 0, 255 do
    local bytes = string.rep(string.char(size), size % 5)
    assert(string.fromHex((string.toHex(bytes))) == bytes)
end
