-- A module beside the script is found; sys.run inside it never returns.
local ok, message = pcall(require, "no_such_module")
print(ok, (message:gsub("\n.*", ""))) -- expect: false	module 'no_such_module' not found:
require("modules.own")
print("never")
-- expect: loaded as	modules.own	tests/bindings/lua/modules/own.lua
-- expect: task of the module
