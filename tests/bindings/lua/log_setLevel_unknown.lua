-- log.setLevel with a level that does not exist is an error with the line.
-- status: 1
-- expect error: log_setLevel_unknown.lua:5: bad argument #1 to 'setLevel'
print("before") -- expect: before
log.setLevel("LOUD")
