-- log.warn writes a line with W.
log.warn("main", "low battery") -- expect: W/user.main	low battery
