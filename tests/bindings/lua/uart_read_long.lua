-- Bytes that do not fit the buffer at once arrive in order, none is lost.
-- run: --uart 1=loop
local sent, got = {}, {}
for i = 1, 1000 do
    sent[i] = string.format("%04d,", i)
end
uart.setup(1, 1000000, 8, 1, uart.None, uart.LSB, 64)
uart.on(1, "receive", function(id, size)
    got[#got + 1] = uart.read(id, size)
end)
uart.write(1, table.concat(sent))
sys.timerStart(function()
    print(table.concat(got) == table.concat(sent), #table.concat(got))
    -- expect: true	5000
end, 1000)
sys.run()
