-- wdt.init with a time that is none is an error with file and line.
-- status: 1
-- expect error: wdt_bad.lua:5: bad argument #1 to 'init'
-- expect error: (time-out is 1 ms to a day)
wdt.init(0)
