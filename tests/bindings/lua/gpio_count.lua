-- gpio.count as the callback counts edges and gives them since the last call.
-- run: --press 0@50ms --press 0@250ms
gpio.setup(0, gpio.count, gpio.PULLUP)
print(gpio.count(9)) -- expect: 0
sys.timerStart(function()
    print(gpio.count(0)) -- expect: 2
    print(gpio.count(0)) -- expect: 0
end, 200)
sys.timerStart(function()
    print(gpio.count(0)) -- expect: 2
end, 500)
sys.run()
