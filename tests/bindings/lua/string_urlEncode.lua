-- string.urlEncode follows PHP, RFC 3986 or the caller.
print(string.urlEncode("123 abc+/*")) -- expect: 123+abc%2B%2F*
print(string.urlEncode("123 abc+/*", 1)) -- expect: 123%20abc%2B%2F%2A
print(string.urlEncode("123 abc+/", -1, 1, "/")) -- expect: 123%20abc%2B/
print(string.urlEncode("123 abc+/", -1, 0, "/")) -- expect: 123+abc%2B/
print(string.urlEncode("\228")) -- expect: %E4
