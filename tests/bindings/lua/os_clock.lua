-- os.clock counts seconds from the start, by the machine's clock.
print(os.clock()) -- expect: 0.0
sys.taskInit(function()
    sys.wait(1250)
    print(os.clock()) -- expect: 1.25
end)
sys.run()
