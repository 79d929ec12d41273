-- log.style chooses whether file and line are written, and where.
print(log.style()) -- expect: 0
print(log.style(1)) -- expect: 1
log.info("main", "text") -- expect: I/log_style.lua:4	main	text
log.style(2)
log.info("main", "text") -- expect: I/user.main	log_style.lua:6	text
log.style(0)
log.info("main", "text") -- expect: I/user.main	text
print(pcall(log.style, 3))
-- expect: false	bad argument #1 to 'log.style' (style is 0, 1 or 2)
