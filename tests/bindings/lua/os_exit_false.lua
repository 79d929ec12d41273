-- os.exit(false) is status 1, in a main chunk without sys.run too.
-- status: 1
print("bye") -- expect: bye
os.exit(false)
