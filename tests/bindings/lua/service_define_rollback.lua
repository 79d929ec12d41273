-- With COROUTINE_ERROR_ROLL_BACK an error in an operation stops the machine, after the answer.
_G.COROUTINE_ERROR_ROLL_BACK = true
service.define("s", { fail = function() error("bad", 0) end })
sys.taskInit(function()
    print(service.call("s", "fail"))
    sys.wait(1000)
    print("not reached")
end)
-- status: 1
-- expect: false	bad
