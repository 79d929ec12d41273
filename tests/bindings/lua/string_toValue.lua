-- string.toValue makes each digit its value.
print(string.toHex((string.toValue("123abC")))) -- expect: 0102030A0B0C	12
print(select(2, string.toValue("123"))) -- expect: 3
