-- string.toHex writes bytes as hex digits and says how many digits.
print(string.toHex("\1\2\255")) -- expect: 0102FF	6
print(("12"):toHex(" ")) -- expect: 31 32 	4
print(string.toHex("")) -- expect: 	0
