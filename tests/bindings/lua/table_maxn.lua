-- table.maxn gives the greatest number among the keys.
print(table.maxn({1, 2, nil, 4, [10] = 1, x = 99})) -- expect: 10.0
print(table.maxn({})) -- expect: 0.0
