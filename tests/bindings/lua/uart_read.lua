-- uart.read gives at most so many bytes, all without a size, or none.
-- run: --uart 1=loop
uart.setup(1, 115200)
uart.write(1, "abcdef")
sys.timerStart(function()
    print(uart.read(1, 2)) -- expect: ab
    print(uart.read(1, 100)) -- expect: cdef
    print(#uart.read(1)) -- expect: 0
end, 100)
sys.run()
