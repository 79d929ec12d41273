-- rtos.autoCollectMem is accepted; the collector runs by itself.
rtos.autoCollectMem(1)
print("fine") -- expect: fine
