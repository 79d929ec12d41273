-- A string function with a wrong argument is an error with file and line.
-- status: 1
-- expect error: string_wrong_type.lua:6: bad argument #1 to 'toHex'
-- expect error: (string expected, got table)
print("before") -- expect: before
string.toHex({})
