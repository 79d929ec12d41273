-- log.error writes a line with E to standard output; it is no failure.
log.error("main", "no answer") -- expect: E/user.main	no answer
