-- log.info writes I/user.TAG and its arguments, separated by tabs.
log.info("main", "temperature", 21.5, true, nil)
-- expect: I/user.main	temperature	21.5	true	nil
log.info("main") -- expect: I/user.main
log.info(12, "a tag may be a number") -- expect: I/user.12	a tag may be a number
log.info(nil, "or nil") -- expect: I/user.nil	or nil
local point = setmetatable({}, {__tostring = function() return "(1,2)" end})
log.info("main", point) -- expect: I/user.main	(1,2)
log.info()
