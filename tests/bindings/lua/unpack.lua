-- unpack is table.unpack.
print(unpack({1, 2, 3})) -- expect: 1	2	3
print(unpack({1, 2, 3}, 2)) -- expect: 2	3
