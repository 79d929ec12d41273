-- service.call(name, op, value [, ms]): waits for the answer: true and the results, or false and why.
service.define("sum", {
    of = function(numbers)
        local sum = 0
        for _, n in ipairs(numbers) do sum = sum + n end
        sys.wait(10)
        return sum, #numbers
    end,
    none = function() end,
})
sys.taskInit(function()
    print(service.call("sum", "of", { 1, 2, 3 }))
    print(mcu.ticks())
    print(service.call("sum", "of", {}, 1000))
    print(service.call("sum", "none"))
    print(service.call("sum", "product"))
    print(service.call("product", "of", {}))
end)
-- expect: true	6	3
-- expect: 10
-- expect: true	0	0
-- expect: true
-- expect: false	no such operation
-- expect: false	no such service
