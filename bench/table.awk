# table.awk - figures and works.txt in, the table of `make bench` out
# SPDX-License-Identifier: MIT
#
#   awk -f table.awk FIGURES works.txt     figures: WHO NAME MEDIAN MIN MAX
#
# With check=1: only says which of our figures are missing; then status 1.

BEGIN {
    FS = "\t"
    peers = split("libuv Go Tokio Lua", peer, " ")
    row = "%-37s %9s  %-16s  %-34s %5s %8s  %s\n"
    if (!check)
        printf row, "work", "ours", "least..greatest", "peers", "ratio", \
            "aim", "met?"
}

function number(value) {
    if (in_us)
        value /= 1000
    return value >= 1000000 ? sprintf("%.3g M", value / 1000000) : \
        value >= 10000 ? sprintf("%.3g k", value / 1000) : \
        sprintf(value >= 100 ? "%.0f" : "%.3g", value)
}

# The peers' figures, the best one first.
function of_peers(name,    i, text, best, list) {
    best_peer = ""
    for (i = 1; i <= peers; i++) {
        if ((peer[i], name) in median &&
            (best_peer == "" || median[peer[i], name] < best))
            best = median[best_peer = peer[i], name]
    }
    if (best_peer == "")
        return ""
    list = best_peer " " number(best)
    for (i = 1; i <= peers; i++)
        if (peer[i] != best_peer && (peer[i], name) in median)
            list = list ", " peer[i] " " number(median[peer[i], name])
    return list
}

# The aim as a number, "" where there is none.
function aim_of(aim, name,    part, n) {
    n = split(aim, part, " ")
    sub(/^>/, "", part[1])
    if (aim == "-")
        return ""
    if (n == 1)
        return part[1]
    if (part[2] ~ /^@/)
        return ("weft", substr(part[2], 2)) in median ? \
            part[1] * median["weft", substr(part[2], 2)] : ""
    if ((part[2], name) in median)
        return part[1] * median[part[2], name]
    return part[3] == "-" ? "" : part[3]
}

function verdict(ours, aim, more,    times) {
    if (aim == "")
        return ""
    times = more ? aim / ours : ours / aim
    counted++
    if (times < 1.005) { # as exact as the table shows it
        met++
        return "met"
    }
    return sprintf("%s (%.2f x)", times <= 1.5 ? "close" : "MISSED", times)
}

function line(name, work, unit, aim,    ours, list, limit) {
    ours = median["weft", name]
    in_us = unit == "ns" && ours >= 10000
    if (in_us)
        unit = "us"
    list = of_peers(name)
    limit = aim_of(aim, name)
    printf row, work, number(ours) " " unit, \
        least["weft", name] == greatest["weft", name] ? "" : \
        number(least["weft", name]) ".." number(greatest["weft", name]), \
        list, best_peer == "" ? "" : \
        sprintf("%.2f", ours / median[best_peer, name]), \
        limit == "" ? "" : (aim ~ /^>/ ? ">" : "") number(limit), \
        verdict(ours, limit, aim ~ /^>/)
}

FNR == NR {
    median[$1, $2] = $3
    least[$1, $2] = $4
    greatest[$1, $2] = $5
    next
}

FNR == 1 { header = 1 }

# The comment at the top is for readers, each further one a part's title.
/^#/ {
    if (!header && !check)
        print "\n" substr($0, 3)
    next
}

NF == 0 {
    header = 0
    next
}

{
    split($0, field, / *\| */)
    if (("weft", field[1]) in median) {
        if (!check)
            line(field[1], field[2], field[3], field[4])
    } else if (check || !lua) {
        print "no figure for: " field[1]
        missing++
    }
}

END {
    if (!check)
        printf "\n%d of %d aims met (ratio: ours to the best peer of this" \
            " run; close: within 1.5 x)\n", met, counted
    exit missing > 0
}
