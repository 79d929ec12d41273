-- uart.on "sent" calls back when all that was written has left.
-- run: --uart 1=loop
uart.setup(1, 9600)
uart.on(1, "sent", function(id)
    print(id, mcu.ticks())
end)
print(uart.write(1, string.rep("x", 3000)))
sys.run()
-- expect: 3000
-- expect: 1	3125
