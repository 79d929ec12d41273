-- rtos.buildDate is the date of the build.
print(#rtos.buildDate()) -- expect: 11
