-- string.split cuts at a delimiter and leaves empty pieces out, unless told.
local function show(...)
    print("[" .. table.concat(string.split(...), "|") .. "]")
end
show("1,22,333") -- expect: [1|22|333]
show("/tmp//a/", "/") -- expect: [tmp|a]
show("/tmp//a/", "/", true) -- expect: [|tmp||a|]
show("a--b-c", "--") -- expect: [a|b-c]
show("ab-", "--") -- expect: [ab-]
show("", ",", true) -- expect: []
show("a,b", "") -- expect: [a|b]
print(#("x"):split(","), #(","):split(",")) -- expect: 1	0
