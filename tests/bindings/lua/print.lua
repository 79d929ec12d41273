-- print writes its arguments with tabs between them, in one piece.
print("a", 1, 2.5, nil, false) -- expect: a	1	2.5	nil	false
print() -- expect:
print(setmetatable({}, {__tostring = function() return "it" end})) -- expect: it
print(pcall(print, setmetatable({}, {__tostring = function() return {} end}))) -- expect: false	'__tostring' must return a string
