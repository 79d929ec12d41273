-- math.random repeats with --seed.
-- run: --seed 7
local first = {}
math.randomseed(7)
for i = 1, 5 do
    first[i] = math.random(1000)
end
math.randomseed(7)
for i = 1, 5 do
    assert(math.random(1000) == first[i])
end
print("same") -- expect: same
