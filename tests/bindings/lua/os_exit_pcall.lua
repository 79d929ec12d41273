-- os.exit cannot be caught by pcall.
-- status: 3
print(pcall(function()
    print("inside") -- expect: inside
    os.exit(3)
end))
print("never")
