-- io.write goes to the machine's standard output, other files stay as they are.
io.write("a", 1, "b\n") -- expect: a1b
print(io.write("") == io.stdout) -- expect: true
print((pcall(io.write, {}))) -- expect: false
local name = os.tmpname()
io.output(name)
io.write("in the file")
io.close()
io.output(io.stdout)
print(io.open(name):read("a")) -- expect: in the file
os.remove(name)
