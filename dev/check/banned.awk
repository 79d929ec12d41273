# banned.awk - the calls, where they are banned, what to use instead
# SPDX-License-Identifier: MIT
BEGIN {
    runtime = "^(include|src/[^h]|src/hal|ports)"
    ban("malloc|calloc|realloc|free|strdup", runtime,
        "the caller gives the memory; allocate in src/host")
    ban("printf|puts|putchar|fprintf", "^src/",
        "report by a return value, WEFT_ASSERT or the trace")
    ban("sprintf|vsprintf", ".", "snprintf")
    ban("strcpy|strcat|strncpy|strncat", ".", "snprintf or memcpy with a size")
    ban("gets|scanf", ".", "fgets")
    ban("atoi|atol|atof", ".", "strtol or strtod, and look at the end")
    ban("strtok", ".", "strcspn")
    ban("rand|srand", ".", "a generator with a seed, weft_sim_choose")
    ban("sleep|usleep|nanosleep", "^tests/(unit|port|sim|bindings)/",
        "virtual time: a test that sleeps is slow or flaky")
    ban("longjmp|setjmp", "^(include|src|ports)/", "return an error")
}

function ban(names, where, instead) {
    names_of[++count] = "(^|[^A-Za-z0-9_.>])(" names ")[ \t]*\\("
    where_of[count] = where
    instead_of[count] = instead
}

{
    line = code()
    for (i = 1; i <= count; i++)
        if (FILENAME ~ where_of[i] && match(line, names_of[i])) {
            call = substr(line, RSTART, RLENGTH)
            gsub(/[^A-Za-z0-9_]/, "", call)
            say(call "() is banned here; use: " instead_of[i])
        }
}
