-- A task whose wait has ended meanwhile is not resumed by the same message.
local b
sys.taskInit(function()
    sys.waitUntil("GO")
    print("a, and resumes b")
    coroutine.resume(b, "by hand")
end)
b = sys.taskInit(function()
    print("b", sys.waitUntil("GO"))
    print("b", sys.waitUntil("GO", 50))
end)
sys.publish("GO")
-- expect: a, and resumes b
-- expect: b	true
-- expect: b	false
