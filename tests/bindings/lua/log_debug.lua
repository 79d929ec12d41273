-- log.debug writes a line with D, the tag and the arguments.
log.debug("radio", "ready", 1) -- expect: D/user.radio	ready	1
