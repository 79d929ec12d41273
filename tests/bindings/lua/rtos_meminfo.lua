-- rtos.meminfo gives total, used and most used bytes, of "lua" and "sys".
-- run: --memory 1M
local total, used, max = rtos.meminfo()
print(total, used > 0, max >= used) -- expect: 1048576	true	true
total, used, max = rtos.meminfo("sys")
print(total, used > 0, max >= used) -- expect: 1048576	true	true
