-- The LuatOS way: a subscribed task in sys.wait is resumed by the message, or by time.
local function wait_until(id, ms)
    local co = sys.check_task()
    sys.subscribe(id, co)
    local message = {sys.wait(ms)}
    sys.unsubscribe(id, co)
    return message[1] ~= nil, table.unpack(message, 2)
end
sys.taskInit(function()
    print(wait_until("M", 1000))
    print(mcu.ticks())
    print(wait_until("M", 1000))
    print(mcu.ticks())
end)
sys.timerStart(sys.publish, 100, "M", "x")
-- expect: true	x
-- expect: 100
-- expect: false
-- expect: 1100
