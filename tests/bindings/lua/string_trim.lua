-- string.trim takes white space from both ends, or from one.
print("[" .. ("\r\n a b\t "):trim() .. "]") -- expect: [a b]
print("[" .. (" a "):trim(false) .. "]") -- expect: [ a]
print("[" .. (" a "):trim(true, false) .. "]") -- expect: [a ]
print("[" .. ("  "):trim() .. "]") -- expect: []
