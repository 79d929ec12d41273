-- math.pow and the other functions that Lua 5.4 left out are there.
print(math.pow(2, 10)) -- expect: 1024.0
print(math.log10(1000)) -- expect: 3.0
print(math.ldexp(0.5, 3), math.frexp(8)) -- expect: 4.0	0.5	4
print(math.cosh(0), math.sinh(0), math.tanh(0)) -- expect: 1.0	0.0	0.0
print(string.format("%.4f", math.atan2(1, 1))) -- expect: 0.7854
