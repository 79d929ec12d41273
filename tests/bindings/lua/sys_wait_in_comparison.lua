-- A wait inside a function that C code called cannot be, and says why.
sys.taskInit(function()
    local ok, message = pcall(table.sort, {3, 2, 1}, function(a, b) sys.wait(1) return a < b end)
    print((message:gsub("^.*/", "")))
    print(pcall(function() sys.wait(10) return "pcall is fine" end))
end)
-- expect: sys_wait_in_comparison.lua:3: sys.wait: attempt to wait inside a function that C code called (a comparison, a gsub callback, a metamethod)
-- expect: true	pcall is fine
