-- own.lua - a module for require_module.lua
print("loaded as", ...)
sys.taskInit(function()
    sys.wait(10)
    print("task of the module")
end)
sys.run()
print("never")
