-- log.fatal writes a line with E, as LuatOS does.
log.fatal("main", "giving up") -- expect: E/user.main	giving up
