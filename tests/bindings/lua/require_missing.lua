-- A missing module: what and where in the first line, then a line for each place that was looked at.
-- status: 1
-- expect error: error in tests/bindings/lua/require_missing.lua: tests/bindings/lua/require_missing.lua:9: module 'no.such' not found:
-- expect error: stack traceback
local fine, why = pcall(require, "no.such")
local lines, odd = 0, 0
for line in why:gmatch("\n([^\n]*)") do lines = lines + 1 if not line:match("^\tno f%a+ [^ ]+$") then odd = odd + 1 end end
print(fine, why:match("^[^\n]*"), lines > 4, odd) -- expect: false	module 'no.such' not found:	true	0
require "no.such"
