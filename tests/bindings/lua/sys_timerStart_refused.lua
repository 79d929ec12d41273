-- sys.timerStart gives nil and logs the reason if it cannot start.
print(sys.timerStart(print, 0))
print(sys.timerStart(nil, 100))
print(sys.timerStart(print, -5))
print(sys.timerStart(print, 1.5))
print(sys.timerStart(print, "x"))
-- expect: E/user.sys	tests/bindings/lua/sys_timerStart_refused.lua:2: timer not started: milliseconds must be a whole number from 1 on
-- expect: nil
-- expect: E/user.sys	tests/bindings/lua/sys_timerStart_refused.lua:3: timer not started: no function
-- expect: nil
-- expect: E/user.sys	tests/bindings/lua/sys_timerStart_refused.lua:4: timer not started: milliseconds must be a whole number from 1 on
-- expect: nil
-- expect: E/user.sys	tests/bindings/lua/sys_timerStart_refused.lua:5: timer not started: milliseconds must be a whole number from 1 on
-- expect: nil
-- expect: E/user.sys	tests/bindings/lua/sys_timerStart_refused.lua:6: timer not started: milliseconds must be a whole number from 1 on
-- expect: nil
