-- rtos.version, bsp, buildDate and firmware are texts of ours.
print(rtos.version():match("^%d+%.%d+%.%d+$") ~= nil) -- expect: true
print(rtos.firmware() == "Weft_" .. rtos.version() .. "_" .. rtos.bsp()) -- expect: true
print(type(rtos.buildDate())) -- expect: string
