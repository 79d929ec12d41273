-- What cannot be selected from is an error with its place and the number of the case.
local c = weft.channel(1)
local function try(...)
    local cases = ...
    local f = function() print(weft.select(cases)) end
    print(select(2, pcall(f)))
end
sys.taskInit(function()
    try()
    try {}
    try { ordered = true }
    try { { recv = c }, 7 }
    try { { recv = c }, {} }
    try { { recv = c, send = c, value = 1 } }
    try { { recv = {} } }
    try { { send = c } }
    try { { recv = c }, timeout = -1 }
    try { { recv = c }, timeout = "x" }
    local many = {}
    for i = 1, 201 do many[i] = { recv = c } end
    try(many)
    try { { recv = c }, tiemout = 5 }
    try { { recv = c }, { revc = c } }
    try { { send = c, value = 1, [1] = 2, valeu = 3 } }
    try { { recv = c, value = 3 } }
    try { { recv = c }, default = true, timeout = 5 }
    print(#c)
end)
weft.select { { recv = c } }
-- status: 1
-- expect: tests/bindings/lua/weft_select_bad.lua:5: bad argument #1 to 'select' (table expected, got nil)
-- expect: tests/bindings/lua/weft_select_bad.lua:5: bad argument #1 to 'select' (a select of nothing)
-- expect: tests/bindings/lua/weft_select_bad.lua:5: bad argument #1 to 'select' (a select of nothing)
-- expect: tests/bindings/lua/weft_select_bad.lua:5: weft.select: case 2 is no table
-- expect: tests/bindings/lua/weft_select_bad.lua:5: weft.select: case 2 needs either recv or send
-- expect: tests/bindings/lua/weft_select_bad.lua:5: weft.select: case 1 needs either recv or send
-- expect: tests/bindings/lua/weft_select_bad.lua:5: weft.select: case 1: channel expected, got table
-- expect: tests/bindings/lua/weft_select_bad.lua:5: weft.select: case 1: value expected
-- expect: tests/bindings/lua/weft_select_bad.lua:5: weft.select: timeout: milliseconds must be a whole number from 0 on
-- expect: tests/bindings/lua/weft_select_bad.lua:5: weft.select: timeout: milliseconds must be a whole number from 0 on
-- expect: tests/bindings/lua/weft_select_bad.lua:5: bad argument #1 to 'select' (201 cases, 200 at most)
-- expect: tests/bindings/lua/weft_select_bad.lua:5: weft.select: unknown option 'tiemout'
-- expect: tests/bindings/lua/weft_select_bad.lua:5: weft.select: case 2: unknown option 'revc'
-- expect: tests/bindings/lua/weft_select_bad.lua:5: weft.select: case 1: unknown option 'valeu'
-- expect: tests/bindings/lua/weft_select_bad.lua:5: weft.select: case 1: only a send has a value
-- expect: tests/bindings/lua/weft_select_bad.lua:5: bad argument #1 to 'select' (default never waits: no timeout with it)
-- expect: 0
-- expect error: weft_select_bad.lua:29: weft.select: attempt to wait outside of a coroutine
