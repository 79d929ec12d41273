-- A task that is resumed by hand waits no more and gets the resume's values; a value it was given before wins.
local c = weft.channel()
local co = sys.taskInit(function()
    print("hand", c:recv())
    print("value", c:recv())
    print("sender", c:send("nobody's", 1000))
    print("end", c:recv(10))
end)
sys.timerStart(function()
    coroutine.resume(co, "a", nil, "b")
    print(c:trySend("given"))
    coroutine.resume(co, "lost?")
    coroutine.resume(co)
    print(c:tryRecv())
end, 10)
-- expect: hand	a	nil	b
-- expect: true
-- expect: value	given
-- expect: sender
-- expect: nil	empty
-- expect: end	nil	timeout
