-- The globals sys_pub, sys_send and sys_wait are sys.publish, sendMsg and waitMsg.
print(sys_pub == sys.publish, sys_send == sys.sendMsg, sys_wait == sys.waitMsg) -- expect: true	true	true
print(sysplus == sys, require("sysplus") == sys, require("sys") == sys) -- expect: true	true	true
