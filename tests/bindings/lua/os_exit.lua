-- os.exit(n) ends the program at once with that status.
-- status: 7
sys.taskInit(function()
    print("before") -- expect: before
    os.exit(7)
    print("never")
end)
print("never")
sys.run()
