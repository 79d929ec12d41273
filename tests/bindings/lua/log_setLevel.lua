-- log.setLevel hides lines below a level, given by name or number.
log.setLevel("WARN")
log.info("main", "hidden")
log.warn("main", "seen") -- expect: W/user.main	seen
log.setLevel(log.LOG_ERROR)
log.warn("main", "hidden")
log.error("main", "seen") -- expect: E/user.main	seen
log.setLevel("FATAL")
log.error("main", "hidden")
log.fatal("main", "seen") -- expect: E/user.main	seen
log.setLevel("SILENT")
log.fatal("main", "hidden")
log.setLevel(0)
log.fatal("main", "hidden too")
log.setLevel("DEBUG")
log.debug("main", "all") -- expect: D/user.main	all
