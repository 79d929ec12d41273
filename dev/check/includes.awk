# includes.awk - the table of layers, applied to every #include
# SPDX-License-Identifier: MIT

BEGIN {
    # layer: the layers it may include (its own is added)
    may["base"] = ""
    may["port"] = "base"
    may["trace"] = "base port"
    may["core"] = "base trace port"
    may["coro"] = "base core trace port arch"
    may["sync"] = "base core coro trace"
    may["executors"] = may["sync"] " port"
    may["futures"] = may["sync"] " sync"
    may["services"] = may["futures"] " futures executors"
    may["hal"] = may["services"]
    all = may["services"] " all executors services hal port lua sim board"
    may["host"] = all
    may["all"] = all " host"
    # ports, and what stands around the runtime
    may["posix"] = "port base trace"
    may["simport"] = "port base trace coro sim posix"
    may["arch"] = ""
    may["bindings"] = may["bench"] = all " host"
    may["bench"] = may["bench"] " boards"
    may["tools"] = may["examples"] = all " host boards"
    may["simulator"] = all
    may["common"] = may["riscv"] = may["cortex_m"] = \
        may["freertos"] = "port base trace boards common"
    may["freertos"] = may["freertos"] " cortex_m"
    may["template"] = "port base boards CHIP" # CHIP: the copy's name
    may["boards"] = all
    # public headers without a source of their name
    count = split(layers "config=base error=base allocator=base port=port " \
          "cortex_m=port semihosting=port riscv=port freertos=port " \
          "trace=trace sim=sim weft=all lua=lua board=hal time=core " \
          "runnable=core executor=core coroutine_inlined=coro " \
          "fiber_inlined=all inlined=all " \
          "stack=coro arch_switch=arch port_inline=base", pair, " ")
    for (i = 1; i <= count; i++) {
        split(pair[i], part, "=")
        layer_of[part[1]] = part[2]
    }
    # C headers that need no operating system
    split("stdint stdbool stddef limits string stdarg inttypes", name, " ")
    for (i in name)
        plain[name[i] ".h"] = 1
}

function public_layer(path) { # of weft/PATH
    if (path ~ /^base\//)
        return "base"
    sub(/\.h$/, "", path)
    return path in layer_of ? layer_of[path] : "core"
}

function layer(path,    part) { # of a file of the tree
    split(path, part, "/")
    if (path ~ /^include\/weft\//)
        return public_layer(substr(path, 14))
    if (part[1] == "src")
        return part[2]
    if (part[1] == "ports")
        return part[2] == "sim" ? "simport" : part[2]
    if (part[1] == "sim")
        return "simulator"
    return part[1]
}

function target(path,    part) { # layer of an included "path"
    split(path, part, "/")
    if (part[1] == "weft")
        return public_layer(substr(path, 6))
    if (part[1] == "ports")
        return part[2] == "sim" ? "simport" : part[2]
    return part[1] == "sim" ? "simulator" : part[1]
}

function say(what) {
    print FILENAME ":" FNR ": " what
    bad++
}

FNR == 1 { own = layer(FILENAME); free = FILENAME ~ /^tests\// }

/^[ \t]*#[ \t]*include[ \t]*[<"]/ {
    match($0, /[<"][^>"]*[>"]/)
    path = substr($0, RSTART + 1, RLENGTH - 2)
    quoted = substr($0, RSTART, 1) == "\""
    if (!quoted && path !~ /^weft\//) {
        inside = FILENAME ~ /^(include\/weft|src)\//
        if (inside && own != "host" && !(path in plain) &&
            !(own == "coro" && path ~ /^(sanitizer|valgrind)\//) &&
            !(own == "sim" && path == "stdio.h"))
            say("<" path "> needs an operating system; move it to ports/ or " \
                "src/host")
        next
    }
    if (path !~ /\//) {
        say("\"" path "\" does not name its folder")
        next
    }
    if (path ~ /^(src|include)\//) {
        say("\"" path "\" begins too early; write \"" \
            substr(path, index(path, "/") + 1) "\"")
        next
    }
    if (free)
        next
    to = target(path)
    first = path
    sub(/\/.*/, "", first)
    if (FILENAME !~ /^(include|src|ports)\// && first != "weft" &&
        path != "boards/board.h" &&
        first != substr(FILENAME, 1, index(FILENAME, "/") - 1))
        say("\"" path "\" is internal to another folder; take weft/...")
    else if (to == "sim" && FILENAME ~ /^sim\/(boards|devices)\//)
        say("boards and devices run on every port; not weft/sim.h")
    else if (to != own && !index(" " may[own] " ", " " to " "))
        say(own " may not include " to " (" path "); it may: " may[own])
}

END { exit bad > 0 }
