-- string.fromBase32 decodes, lower case and mistyped digits too.
print(string.fromBase32("MZXW6YTBOI")) -- expect: foobar
print(string.fromBase32("mzxw6ytboi======")) -- expect: foobar
print(string.fromBase32("MZXW6YT8OI") == string.fromBase32("MZXW6YTBOI"))
-- expect: true
print(#string.fromBase32("MZ!")) -- expect: 0
for size = 0, 50 do
    local bytes = string.rep("\0\255a", size):sub(1, size)
    assert(string.fromBase32(string.toBase32(bytes)) == bytes)
end
