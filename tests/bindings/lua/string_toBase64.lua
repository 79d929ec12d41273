-- string.toBase64 encodes as RFC 4648 says.
print(string.toBase64("")) -- expect:
print(string.toBase64("f"), string.toBase64("fo")) -- expect: Zg==	Zm8=
print(string.toBase64("foo"), string.toBase64("foobar"))
-- expect: Zm9v	Zm9vYmFy
print(string.toBase64("\251\255\254")) -- expect: +//+
