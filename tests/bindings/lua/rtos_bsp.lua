-- rtos.bsp names the board.
print(rtos.bsp()) -- expect: sim
