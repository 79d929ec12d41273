-- sys.cwaitMt is the metatable of what sys_cw makes: wait and cb.
print(type(sys.cwaitMt), type(sys.cwaitMt.wait), type(sys.cwaitMt.cb)) -- expect: table	function	function
print(getmetatable(sys_cw("t")) == sys.cwaitMt) -- expect: true
