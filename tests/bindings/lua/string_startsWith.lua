-- string.startsWith compares the beginning.
print(("abc"):startsWith("ab"), ("abc"):startsWith("b")) -- expect: true	false
print(("abc"):startsWith(""), ("a"):startsWith("ab")) -- expect: true	false
