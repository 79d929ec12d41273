-- string.fromBase64 decodes; what it cannot decode is an empty string.
print(string.fromBase64("Zm9vYmFy"), string.fromBase64("Zg=="))
-- expect: foobar	f
print(string.fromBase64("Zm9v\r\nYmFy")) -- expect: foobar
local from = string.fromBase64
print(#from("Zm9*"), #from("Zg==x"), #from(""))
-- expect: 0	0	0
for size = 0, 50 do
    local bytes = string.rep("\0\255a", size):sub(1, size)
    assert(string.fromBase64(string.toBase64(bytes)) == bytes)
end
