-- string.toBase32 encodes without padding.
print(string.toBase32("f"), string.toBase32("fo")) -- expect: MY	MZXQ
print(string.toBase32("foobar")) -- expect: MZXW6YTBOI
