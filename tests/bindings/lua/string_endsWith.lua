-- string.endsWith compares the end.
print(("abc"):endsWith("bc"), ("abc"):endsWith("b")) -- expect: true	false
print(("abc"):endsWith(""), ("a"):endsWith("ba")) -- expect: true	false
