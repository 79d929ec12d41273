-- mcu.x32 writes a number with eight hex digits.
print(mcu.x32(0x2009FFFC), mcu.x32(1)) -- expect: 0x2009fffc	0x00000001
