-- rtos.setPaths gives patterns by which require finds modules first.
local name = os.tmpname()
local file = io.open(name, "w")
file:write("return {name = ...}")
file:close()
local dir, base = name:match("^(.*)/([^/]*)$")
rtos.setPaths(dir .. "/%s", dir .. "/%s.lua")
print(require(base).name == base) -- expect: true
os.remove(name)
