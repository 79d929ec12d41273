-- A yield from the main program is an error as in any Lua.
print(pcall(coroutine.yield)) -- expect: false	attempt to yield from outside a coroutine
print(select(2, coroutine.running()), coroutine.isyieldable()) -- expect: true	false
