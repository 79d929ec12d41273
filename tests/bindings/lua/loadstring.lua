-- loadstring compiles a text.
print(loadstring("return 6 * 7")()) -- expect: 42
print(loadstring("return +", "=text"))
-- expect: nil	text:1: unexpected symbol near '+'
