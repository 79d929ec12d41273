-- uart.on calls back with the port and how much there is to read.
-- run: --uart 1=loop
uart.setup(1, 9600)
uart.on(1, "receive", function(id, size)
    print(id, size, uart.read(id, size)) -- expect: 1	5	hello
end)
uart.write(1, "hello")
sys.run()
