-- An error in the main chunk ends the program with status 1.
-- status: 1
-- expect error: error_in_main.lua:6: broken
sys.timerStart(print, 10, "never")
print("first") -- expect: first
error("broken")
