-- print writes its arguments with tabs between them, in one piece.
print("a", 1, 2.5, nil, false) -- expect: a	1	2.5	nil	false
print() -- expect:
print(setmetatable({}, {__tostring = function() return "it" end})) -- expect: it
local bad = setmetatable({}, {__tostring = function() return {} end})
print(pcall(print, bad))
-- expect: false	'__tostring' must return a string
