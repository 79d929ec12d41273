-- log.getLevel gives the number of the level that is set.
print(log.getLevel()) -- expect: 1
log.setLevel("ERROR")
print(log.getLevel(), log.getLevel() == log.LOG_ERROR) -- expect: 4	true
log.setLevel("SILENT")
print(log.getLevel() == log.LOG_SILENT) -- expect: true
