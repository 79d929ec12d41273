-- mcu.iomux is accepted and changes nothing.
print(select("#", mcu.iomux(mcu.UART, 2, 1))) -- expect: 0
