-- A main chunk that ends without sys.run behaves as if it had been called.
sys.timerStart(print, 100, "timer") -- expect: timer
