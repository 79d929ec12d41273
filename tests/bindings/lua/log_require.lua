-- require "log" returns the global table.
print(require("log") == log) -- expect: true
