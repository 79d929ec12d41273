-- A finalizer that loops at the end of the program is ended by --kill-stuck.
-- run: --kill-stuck
-- status: 1
-- expect error: cannot be interrupted there
KEEP = setmetatable({}, {__gc = function() while true do end end})
os.exit(5)
